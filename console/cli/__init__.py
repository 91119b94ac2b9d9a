"""The command line: a file a group of verbs, the same commands as the window's buttons."""
