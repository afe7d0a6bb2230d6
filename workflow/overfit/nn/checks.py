"""Checks of arguments: an error names the argument, its value and what is allowed.

The bounds of a part's settings are written once, in the annotations of its fields, such as
`Annotated[float, Gt(0), Le(1)]`. `Part` checks them, and the models of the configuration use the
same annotations.
"""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Callable
from functools import cache
from numbers import Integral, Real
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import numpy as np
from annotated_types import Ge, Gt, Le, Lt
from numpy.typing import NDArray

NonNegative = Annotated[float, Ge(0), Le(1e6)]
"""A strength."""
Share = Annotated[float, Ge(0), Lt(1)]
"""A share below 1."""
Epsilon = Annotated[float, Gt(0), Le(1)]
"""A small number that prevents division by 0."""


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of a network or of its training. Its fields are its settings.

    Raises:
        ValueError: a value is outside the bounds in its field's annotation.
    """

    def __post_init__(self) -> None:
        kind: Any = type(self)
        for name, allowed in _fields(kind).items():
            value = getattr(self, name)
            if not allowed.holds(value):
                raise ValueError(f"{name} is {value!r}; it must be {allowed.words}")


class _Allowed(NamedTuple):
    """The values that an annotation allows."""

    kind: type[Any] | None
    bounds: list[tuple[str, Callable[[Any, Any], bool], Any]]
    choices: tuple[Any, ...]
    optional: bool

    @property
    def words(self) -> str:
        if self.choices:
            return f"one of {', '.join(map(repr, self.choices))}"
        bounds = " and ".join(f"{words} {limit:g}" for words, _, limit in self.bounds)
        if self.kind is Integral:
            return f"a whole number, {bounds}"
        return bounds or "a finite number"

    def holds(self, value: Any) -> bool:
        """Whether the value is allowed: of the right kind, finite and within the bounds."""
        if value is None:
            return self.optional
        if self.choices:
            return value in self.choices
        if self.kind is None:
            return True
        if isinstance(value, bool) or not isinstance(value, self.kind):
            return False
        return math.isfinite(value) and all(holds(value, limit) for _, holds, limit in self.bounds)


_BOUNDS: dict[type[Any], tuple[str, str, Callable[[Any, Any], bool]]] = {
    Gt: ("above", "gt", operator.gt),
    Ge: ("at least", "ge", operator.ge),
    Lt: ("below", "lt", operator.lt),
    Le: ("at most", "le", operator.le),
}
"""Each kind of bound: its words, its attribute and its comparison."""


@cache
def _fields(part: Any) -> dict[str, _Allowed]:
    hints = get_type_hints(part, include_extras=True)
    return {field.name: _allowed(hints[field.name]) for field in dataclasses.fields(part)}


def _allowed(annotation: Any) -> _Allowed:
    kinds = {float: Real, int: Integral}
    bounds: list[tuple[str, Callable[[Any, Any], bool], Any]] = []
    choices: tuple[Any, ...] = ()
    kind: Any = None
    optional = False
    is_union = get_origin(annotation) in (Union, UnionType)
    for one in get_args(annotation) if is_union else [annotation]:
        if one is type(None):
            optional = True
        elif get_origin(one) is Literal:
            choices = get_args(one)
        else:
            bare, *extras = get_args(one) if get_origin(one) is Annotated else (one,)
            kind = kinds.get(bare)
            found = [extra for add in extras for extra in (add, *getattr(add, "metadata", ()))]
            for extra in found:
                if type(extra) in _BOUNDS:
                    words, name, holds = _BOUNDS[type(extra)]
                    bounds.append((words, holds, getattr(extra, name)))
    return _Allowed(kind, bounds, choices, optional)


def share(name: str, value: float) -> None:
    """Refuse anything but a number of at least 0 and below 1."""
    if not (isinstance(value, Real) and 0 <= value < 1):
        raise ValueError(f"{name} is {value!r}; it must be at least 0 and below 1")


def at_least_1(name: str, value: int) -> None:
    """Refuse anything but a whole number of at least 1."""
    if not (isinstance(value, Integral) and value >= 1):
        raise ValueError(f"{name} is {value!r}; it must be a whole number, at least 1")


def last_axis(x: NDArray[Any], name: str, n: int) -> None:
    """Refuse x unless its last axis has length `n`, the layer's argument `name`."""
    if x.shape[-1] != n:
        raise ValueError(f"x has shape {x.shape}; its last axis must be {name} = {n}")


def class_labels(labels: NDArray[Any], classes: int) -> None:
    """Refuse labels that are not integers from 0 to `classes - 1`."""
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels are {labels.dtype}; they must be integers")
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"labels run from {labels.min()} to {labels.max()}; "
            f"{classes} classes allow 0 to {classes - 1}"
        )
