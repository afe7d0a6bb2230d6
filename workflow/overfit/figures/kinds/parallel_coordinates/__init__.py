"""Trials as lines across the axes of the hyperparameters."""
