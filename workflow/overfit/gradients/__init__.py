"""Analytic against numerical gradients of every part of the core: a table and a figure."""

from overfit.gradients.errors import STEPS, gradient_errors
from overfit.gradients.parts import MISTAKE, PARTS, Part

__all__ = ["MISTAKE", "PARTS", "STEPS", "Part", "gradient_errors"]
