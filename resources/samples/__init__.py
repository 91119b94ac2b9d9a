"""The sample documents: made by us, with what they say beside them."""
