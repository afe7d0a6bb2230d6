"""Penalties on the weights: a file with `PART`, a class as `overfit.nn.Penalty` says."""
