"""Somebody who works with the real window, on real servers: by mouse alone, or by keyboard alone."""
