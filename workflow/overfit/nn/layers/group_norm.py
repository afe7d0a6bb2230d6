"""The layer `group_norm`: group normalization."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from annotated_types import Ge, Le

from overfit.nn.layers.layer_norm import LayerNorm


@dataclass(frozen=True)
class GroupNorm(LayerNorm):
    """Group normalization of each hidden layer: layer normalization within groups of units.

    `y = gamma (x - mean) / sqrt(var + eps) + beta`, with the mean and the (biased) variance over
    the units of each example that are in the same group. Groups are neighbours: of n units, the
    first n / groups are the first group. One group is layer normalization.

    Source: Wu, He (2018), Group normalization.
    """

    label: ClassVar[str] = "group normalization"
    brief: ClassVar[Mapping[str, str]] = {"groups": "gn"}  # type: ignore[assignment]

    groups: Annotated[int, Ge(1), Le(10_000)] = field(default=10, metadata={"examples": [2]})
    """Number of groups, which the number of units must be a multiple of."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n % self.groups:
            raise ValueError(f"{self.n} units can't be divided into {self.groups} equal groups")


PART = GroupNorm
