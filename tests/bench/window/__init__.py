"""The window at a million jobs, beside Flower."""
