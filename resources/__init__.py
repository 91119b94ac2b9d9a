"""Files that the program carries: sample documents, and the setup of a machine."""
