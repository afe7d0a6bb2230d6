"""Each variant minus a baseline: a forest plot."""
