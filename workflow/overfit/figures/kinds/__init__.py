"""The kinds of figures, see `overfit.figures`."""
