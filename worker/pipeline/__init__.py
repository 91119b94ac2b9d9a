"""From a file to pages, words and outputs, as plain functions on a work folder."""
