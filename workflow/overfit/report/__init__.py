"""The report: one self-contained page, and the provenance of the numbers on it."""
