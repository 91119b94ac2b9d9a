"""Benchmarks: each runs both sides in turn, in one run, and prints one JSON object as its last line."""
