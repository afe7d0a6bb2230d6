"""The dotted keys of settings, in grids and search spaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from overfit.config.annotations import bare, is_model, members
from overfit.config.problems import Path, did_you_mean
from overfit.config.settings import Settings


def _keys(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        kinds = members(field.annotation)
        models = [bare(kind) for kind in kinds if is_model(bare(kind))]
        if not models:
            yield name, bare(kinds[0])
        if len(kinds) > 1 and models:
            yield name, bool  # a part to switch: off or on, this kind or that
        for inner in models:
            yield from ((f"{name}.{key}", kind) for key, kind in _keys(inner))


KEYS: dict[str, Any] = dict(_keys(Settings))
"""Every dotted key with the type of its value."""
SEARCHED = [key for key in KEYS if key != "data.dataset"]
"""The keys that a search can look for: all but the dataset, which its trials have in common."""


def key_mistakes(
    variants: Mapping[str, Mapping[str, Any]], axes: Mapping[str, Any]
) -> Iterator[tuple[Path, str]]:
    """Axes and searched keys that are no settings, or that a variant sets as well."""
    for axis in axes:
        if axis == "compat":
            yield ("grid", axis), "conventions can't be an axis; give them to a variant"
        elif axis not in KEYS:
            yield ("grid", axis), f"unknown setting{did_you_mean(axis, KEYS)}"
    for name, variant in variants.items():
        for axis in axes:
            if where := _sets(variant, axis):
                message = f"the grid varies {axis}; take it out of one of them"
                yield ("variants", name, *where), message
        search = variant.get("search")
        space = search.get("space") if isinstance(search, Mapping) else None
        for key in space if isinstance(space, Mapping) else ():
            at = ("variants", name, "search", "space", key)
            if key in KEYS and key not in SEARCHED:
                yield at, "is the same for all trials of a search"
            elif key not in SEARCHED:
                yield at, f"no setting to search for{did_you_mean(key, SEARCHED)}"
            elif where := _sets(variant, key):
                message = f"the search finds {key}; take it out of one of them"
                yield ("variants", name, *where), message


def _sets(variant: Mapping[str, Any], key: str) -> Path:
    """The path at which a variant sets a dotted key, or all that is around it; () if it doesn't."""
    path: Path = ()
    value: Any = variant
    for step in key.split("."):
        if not isinstance(value, Mapping):
            return path
        if step not in value:
            return ()
        path, value = (*path, step), value[step]
    return path
