"""Which settings an experiment varies, and which are the same everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overfit.config.experiment import Experiment
from overfit.config.settings import penalty_shapes
from overfit.metrics.format import ABSENT, setting

Flat = dict[str, Any]
SEARCHED = "searched"


@dataclass(frozen=True)
class Settings:
    """An experiment's settings as text, dotted keys for names.

    Attributes:
        common: Settings of all runs, by the first part of the key: {"data": {"train": "300"}}.
            For a part that only some runs have, the settings that all of these share.
        varying: Keys that differ between variants, in order.
        variants: For each variant its label and its values of `varying`, in that order.
        axes: The grid, {key: its values}.
        searched: Keys that every variant searches.
        off: Keys that are 0 or null in every run.
        partial: Parts that only some runs have.
    """

    common: dict[str, dict[str, str]]
    varying: list[str]
    variants: list[tuple[str, list[str]]]
    axes: dict[str, str]
    searched: list[str]
    off: list[str]
    partial: list[str]


def settings(experiment: Experiment) -> Settings:
    """Sort an experiment's resolved settings into common ones and varying ones.

    Searched hyperparameters vary, with the value "searched"; so does the search method. Keys that
    are null in every run are left out. A part that only some variants have, such as dropout, is one
    key with those of its settings that differ.
    """
    axes = {axis: setting(values) for axis, values in experiment.grid.items()}
    if of := experiment.measurements:
        labels, values = experiment.labels, experiment.values
        given = [(label, [setting(values[name])]) for name, label in labels.items()]
        return Settings({}, [of.variant], given, axes, [], [], [])
    cells = [(cell.variant, cell.settings.model_dump(mode="json")) for cell in experiment.trained]
    partial = {key for _, own in cells for key, value in own.items() if value is None}
    shared = {part: _shared(part, (own for _, own in cells)) for part in sorted(partial)}
    flat: dict[str, Flat] = {}
    widths: dict[str, list[Any]] = {}
    for variant, own in cells:
        parts = {
            key: _together(key, value, shared[key], axes) if key in partial else value
            for key, value in own.items()
        }
        first = flat.setdefault(variant, dict(flatten(parts)))
        if own["model"]["hidden"] not in widths.setdefault(variant, []):
            widths[variant].append(own["model"]["hidden"])
        if len(widths[variant]) > 1:  # dropout widens them along its axis
            first["model.hidden"] = ", ".join(map(setting, widths[variant]))
    for variant, search in experiment.searches.items():
        method = f"{search.method.replace('_', ' ')}, {search.count} trials"
        flat.setdefault(variant, {}).update(dict.fromkeys(search.space, SEARCHED))
        flat[variant]["search"] = method

    keys = list(dict.fromkeys(key for own in flat.values() for key in own))
    keys = [key for key in keys if not _within(key, axes)]
    varying = [key for key in keys if len({_identity(own.get(key)) for own in flat.values()}) > 1]
    same = {key: value for key, value in _first(flat).items() if key in keys and key not in varying}
    same = {k: v for k, v in same.items() if v is not None and not _idle(k, flat.values())}
    common: dict[str, dict[str, str]] = {}
    for key, value in [*same.items(), *_leaves(shared)]:
        if value != SEARCHED and not _is_off(value):
            group, _, rest = key.partition(".")
            common.setdefault(group, {})[rest] = setting(value)
    return Settings(
        common=common,
        varying=varying,
        variants=[
            (label, [_shown(flat.get(name, {}), key) for key in varying])
            for name, label in experiment.labels.items()
        ],
        axes=axes,
        searched=[key for key, value in same.items() if value == SEARCHED],
        off=[key for key, value in same.items() if _is_off(value)],
        partial=list(shared),
    )


def _idle(key: str, variants: Iterable[Flat]) -> bool:
    """Whether a key is an option of a penalty that no variant has."""
    part, _, shape = key.partition(".")
    strengths = [name for name, shapes in penalty_shapes().items() if shape in shapes]
    return part == "penalty" and any(
        all(own.get(f"penalty.{name}") == 0 for own in variants) for name in strengths
    )


def _is_off(value: Any) -> bool:
    return value == "none" or (value == 0 and value is not False)


def _first(flat: Mapping[str, Flat]) -> Flat:
    return next(iter(flat.values()), {})


def flatten(nested: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of a nested mapping with their dotted keys; an empty mapping has none."""
    for key, value in nested.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _shared(part: str, cells: Iterable[Mapping[str, Any]]) -> Flat:
    """The leaves of a part that are the same in all cells that have it."""
    found = [dict(flatten(own[part])) for own in cells if own.get(part)]
    first = found[0] if found else {}
    return {
        key: value
        for key, value in first.items()
        if key not in _SAID and all(_identity(own.get(key)) == _identity(value) for own in found)
    }


_SAID = {"rate"}
"""The settings of a part to show even if they are the same in all cells that have it."""


def _leaves(shared: Mapping[str, Flat]) -> Iterator[tuple[str, Any]]:
    for part, leaves in shared.items():
        for key, value in leaves.items():
            if value is not None:
                yield f"{part}.{key}", value


def _together(part: str, value: Any, shared: Flat, axes: Mapping[str, Any]) -> str | None:
    """A part as a text, such as `rate 0.1`, without shared settings and grid axes."""
    if value is None:
        return None
    leaves = ((k, v) for k, v in flatten(value) if k not in shared)
    shown = [f"{k} {setting(v)}" for k, v in leaves if not _within(f"{part}.{k}", axes)]
    return ", ".join(shown) or "on"


_SHAPED = {"model.depth": "model.hidden", "model.width": "model.hidden"}
"""Axes that set a key of another name."""


def _within(key: str, axes: Mapping[str, Any]) -> bool:
    set_by = [_SHAPED.get(axis, axis) for axis in axes]
    return any(key == axis or key.startswith(f"{axis}.") for axis in set_by)


def _identity(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _shown(own: Mapping[str, Any], key: str) -> str:
    return ABSENT if own.get(key) is None else setting(own[key])
