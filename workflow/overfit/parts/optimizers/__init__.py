"""Optimizers: a file with `PART`, a class as `overfit.nn.Optimizer` says, with a field `lr`."""
