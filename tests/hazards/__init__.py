"""Files that break OCR systems, made here, and what becomes of each on a real worker."""
