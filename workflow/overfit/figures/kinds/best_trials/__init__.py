"""Learning curves of the best trials of a search."""
