"""What the network learns from."""

from __future__ import annotations

from pydantic import Field

from overfit.spec.model import Model, Name, Number


class Data(Model):
    """What the network learns from."""

    dataset: Name
    """A name of `config/datasets.yaml`."""
    train: int = Field(ge=1)
    """Number of training images, drawn for each seed, as many of each class."""
    validation: int = Field(ge=1)
    """Number of validation images, disjoint from the training images."""
    label_noise: Number = Field(default=0.0, ge=0, lt=1)
    """Share of the training images whose label is replaced by a wrong one, which training accuracy
    then counts as right."""
