"""Every external program and native library: the real ones, and small fakes named for the way in which they fail."""
