"""Accuracy over the epochs, a panel for each variant."""
