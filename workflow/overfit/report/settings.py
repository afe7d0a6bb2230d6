"""What an experiment holds fixed and what it varies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overfit.report.units import ABSENT, setting


@dataclass(frozen=True)
class Settings:
    """An experiment's settings as text, dotted keys for names.

    Attributes:
        common: What every run shares, by the first part of the key: {"data": {"train": "300"}}.
        varying: Keys that differ between variants, in order.
        variants: For each variant its label and its values of `varying`, in that order.
        axes: The grid, {key: its values}.
        off: Keys that are 0 or none in every run.
    """

    common: dict[str, dict[str, str]]
    varying: list[str]
    variants: list[tuple[str, list[str]]]
    axes: dict[str, str]
    off: list[str]


def settings(plan: Mapping[str, Any]) -> Settings:
    """Sort a plan's resolved settings into common ones and varying ones.

    A hyperparameter that is searched varies, with the value "searched". Keys that are none in
    every run are left out. A part that some variants have and others don't, such as dropout, is one
    key with all its values.
    """
    axes = {axis: setting(values) for axis, values in plan["grid"].items()}
    absent = {k for cell in plan["cells"] for k, v in cell["settings"].items() if v is None}
    flat: dict[str, dict[str, Any]] = {}
    for cell in plan["cells"]:
        parts = {
            key: _together(key, value, axes) if key in absent else value
            for key, value in cell["settings"].items()
        }
        flat.setdefault(cell["variant"], dict(flatten(parts)))
    for variant, search in plan["searches"].items():
        flat.setdefault(variant, {}).update(dict.fromkeys(search["space"], "searched"))

    keys = list(dict.fromkeys(key for own in flat.values() for key in own))
    keys = [key for key in keys if not _within(key, axes)]
    varying = [key for key in keys if len({_identity(own.get(key)) for own in flat.values()}) > 1]
    common: dict[str, dict[str, str]] = {}
    off: list[str] = []
    first = next(iter(flat.values()), {})
    for key in keys:
        value = first.get(key)
        if key in varying or value is None or _without(key, flat.values()):
            continue
        if value == "none" or (value == 0 and value is not False):
            off.append(key)
        else:
            group, _, rest = key.partition(".")
            common.setdefault(group, {})[rest] = setting(value)
    return Settings(
        common=common,
        varying=varying,
        variants=[
            (variant["label"], [_shown(flat.get(name, {}), key) for key in varying])
            for name, variant in plan["variants"].items()
        ],
        axes=axes,
        off=off,
    )


_SHAPES = {"penalty.l1_method": "penalty.l1", "penalty.smoothing": "penalty.lp"}
"""Keys that say how something else works, which may be off."""


def _without(key: str, variants: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a key is about something that no variant has."""
    strength = _SHAPES.get(key)
    return strength is not None and all(own.get(strength) == 0 for own in variants)


def flatten(nested: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of a nested mapping with their dotted keys; an empty mapping has none."""
    for key, value in nested.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _together(part: str, value: Any, axes: Mapping[str, Any]) -> str | None:
    """`momentum 0.1, eps 1e-05` of a part's mapping, without what the grid varies."""
    if value is None:
        return None
    leaves = flatten(value)
    shown = [f"{k} {setting(v)}" for k, v in leaves if not _within(f"{part}.{k}", axes)]
    return ", ".join(shown) or "on"


def _within(key: str, axes: Mapping[str, Any]) -> bool:
    return any(key == axis or key.startswith(f"{axis}.") for axis in axes)


def _identity(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _shown(own: Mapping[str, Any], key: str) -> str:
    return ABSENT if own.get(key) is None else setting(own[key])
