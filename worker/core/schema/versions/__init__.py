"""One module a change of the schema, in order; a change that was released is never edited again."""
