"""What the network learns from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from overfit.config.model import Model, Name, Number

Draw = Literal["balanced", "first"]


class Data(Model):
    """What the network learns from."""

    dataset: Name
    """A name of `config/datasets.yaml`."""
    train: int = Field(ge=1)
    """Number of training images."""
    validation: int = Field(ge=1)
    """Number of validation images, disjoint from the training images."""
    draw: Draw = "balanced"
    """`balanced` draws anew for each seed, as many of each class; `first` takes the first images of
    the pool, for training and then for validation (the book's way): all seeds then share them, and
    so does a search."""
    label_noise: Number = Field(default=0.0, ge=0, lt=1)
    """Share of the training images whose label is replaced by a wrong one, which training accuracy
    then counts as right."""
    standardize: Literal["none", "per_feature", "global"] = "none"
    """Inputs with mean 0 and standard deviation 1, each feature for itself or all values together.
    Mean and deviation are those of a seed's own training images; a feature that is constant in them
    is only centred."""
