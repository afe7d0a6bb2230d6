"""An axis of a grid: its points."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from overfit.config.model import Items, clashes
from overfit.config.names import Point
from overfit.config.problems import Path


def no_point_twice(points: tuple[Any, ...]) -> tuple[Any, ...]:
    """A validator of lists."""
    seen: set[Any] = set()
    twice: list[tuple[str, list[Path]]] = []
    for position, point in enumerate(points):
        if point in seen:
            twice.append((f"{point} appears twice", [(position,)]))
        seen.add(point)
    clashes(twice)
    return points


Axis = Annotated[tuple[Point, ...], Items, Field(min_length=1), AfterValidator(no_point_twice)]
"""Points, each once."""
