"""From a file to pages, words and outputs, as plain functions on a work folder."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded: its threads take memory, and none is used
