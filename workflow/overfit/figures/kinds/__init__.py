"""The kinds of figures, a file for each; see `overfit.figures`."""
