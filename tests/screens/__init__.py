"""Pictures of every page of the real window, in every dress."""
