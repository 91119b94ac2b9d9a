"""The frozen build: one folder that needs no Python."""
