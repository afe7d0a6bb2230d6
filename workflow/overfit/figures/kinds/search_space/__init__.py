"""Where the trials of a search lie in its space."""
