"""The unit cube of a space: each key a coordinate between 0 and 1, uniform where the space is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.config.dimensions import AnyDimension, Choice, Range, position_of
from overfit.config.space import is_active, parents_first, wanted_values
from overfit.search.trials import Values

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Cube:
    """Ways between points (n, d) of the cube, values, and features (n, f) for a model.

    A choice of k values is k features, 1 for the chosen one, since its values have no order; any
    other key is one. A key whose condition does not hold stands in the middle, or chooses nothing.
    """

    space: Mapping[str, AnyDimension]

    @cached_property
    def keys(self) -> list[str]:
        """The key of each coordinate."""
        return parents_first(self.space)

    @property
    def size(self) -> int:
        """The number of coordinates, d."""
        return len(self.keys)

    def values(self, point: Points) -> Values:
        """The values at a point (d,)."""
        found: dict[str, Any] = {}
        for key, u in zip(self.keys, point, strict=True):
            dimension = self.space[key]
            if is_active(dimension, found):
                raw = _raw(dimension, np.array(u)).item()
                found[key] = dimension.choice[raw] if isinstance(dimension, Choice) else raw
        return found

    def point(self, values: Values) -> Points:
        """A point (d,) with these values; 1/2 for keys that have none."""
        return np.array(
            [_unit(self.space[key], values[key]) if key in values else 0.5 for key in self.keys]
        )

    def features(self, points: Points) -> Points:
        """The features (n, f) of points (n, d)."""
        columns: list[NDArray[Any]] = []
        raws: dict[str, NDArray[Any]] = {}
        actives: dict[str, NDArray[np.bool_]] = {}
        for key, u in zip(self.keys, points.T, strict=True):
            dimension = self.space[key]
            active = np.ones(len(points), bool)
            for parent, wanted in wanted_values(dimension).items():
                active &= actives[parent] & np.isin(
                    raws[parent], _raw_values(self.space[parent], wanted)
                )
            raw = raws[key] = _raw(dimension, u)
            actives[key] = active
            if isinstance(dimension, Choice):
                columns += [active & (raw == position) for position in range(len(dimension.choice))]
            else:
                columns.append(np.where(active, _unit(dimension, raw), 0.5))
        return np.array(columns, np.float64).T


def _raw(dimension: AnyDimension, u: NDArray[np.float64]) -> NDArray[Any]:
    """The value at each coordinate; for a choice, its position."""
    if isinstance(dimension, Choice):
        return np.minimum((u * len(dimension.choice)).astype(int), len(dimension.choice) - 1)
    low, high = _scale(dimension)
    at = low + u * (high - low)
    real = np.exp(at) if dimension.logarithmic else at
    clipped = np.clip(np.rint(real) if dimension.whole else real, *dimension.ends)
    return clipped.astype(int) if dimension.whole else clipped


def _raw_values(dimension: AnyDimension, values: list[Any]) -> list[Any]:
    if isinstance(dimension, Choice):
        return [position_of(value, dimension.choice) for value in values]
    return values


def _unit(dimension: AnyDimension, value: Any) -> Any:
    """The coordinate of a value, or of an array of them."""
    if isinstance(dimension, Choice):
        return ((position_of(value, dimension.choice) or 0) + 0.5) / len(dimension.choice)
    low, high = _scale(dimension)
    return ((np.log(value) if dimension.logarithmic else value) - low) / (high - low)


def _scale(dimension: Range) -> tuple[float, float]:
    """The ends on the range's own scale; half a step beyond them for whole numbers."""
    low, high = dimension.ends
    if dimension.whole:
        low, high = low - 0.5, high + 0.5
    return (float(np.log(low)), float(np.log(high))) if dimension.logarithmic else (low, high)
