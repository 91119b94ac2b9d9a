"""What can be known and what can be done, without Qt."""
