"""Where threads meet signals: the only rooms that know that there are threads."""
