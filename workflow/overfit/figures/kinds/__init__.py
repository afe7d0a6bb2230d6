"""The kinds of figures, a folder each."""
