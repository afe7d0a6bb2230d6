"""Layers that stand in every hidden layer: a file with `PART`, a class as `overfit.nn.Layer` says.

A class attribute `place` says whether it stands `before` or `after` the activation (and a
normalization there), `after` by default; dropout always comes last. Several stand in the order of
their names. A layer may write over nothing that it gets.
"""
