"""What is drawn and what is asked: one page a file."""
