"""OCR Console: the window, the command line, and what both can do."""
