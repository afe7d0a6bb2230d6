"""Datasets, their preparation as memory-mapped arrays, and the subsets that are drawn from them."""

from overfit.data.prepared import Prepared
from overfit.data.subsets import draw_subset, draw_subsets, first_subset

__all__ = ["Prepared", "draw_subset", "draw_subsets", "first_subset"]
