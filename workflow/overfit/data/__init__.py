"""Datasets: how they are read, prepared as memory-mapped arrays, and drawn from."""

from overfit.data.checked import Prepared
from overfit.data.subsets import draw_subset, draw_subsets, first_subset

__all__ = ["Prepared", "draw_subset", "draw_subsets", "first_subset"]
