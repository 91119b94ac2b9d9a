"""From a file to its outputs, with the real libraries and engines."""
