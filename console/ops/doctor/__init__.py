"""Checks that explain: what is wrong with services, workers and rows, why, and what to do. They only look."""
