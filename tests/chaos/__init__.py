"""Everything dies at random while documents are read; at the end every promise is checked."""
