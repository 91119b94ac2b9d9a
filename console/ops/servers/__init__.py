"""The servers of the embedded stack: what starts each of them, where they lie, and how their processes are kept."""
