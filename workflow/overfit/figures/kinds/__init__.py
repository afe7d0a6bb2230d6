"""The kinds of figures, one file each; see `overfit.figures`."""
