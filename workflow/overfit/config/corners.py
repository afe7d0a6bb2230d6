"""Settings of a search, checked at the corners of its space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from overfit.config.brackets import ETA, depth
from overfit.config.datasets import DatasetEntry
from overfit.config.dimensions import AnyDimension, Range
from overfit.config.keys import KEYS, SEARCHED
from overfit.config.merging import Draft, nested
from overfit.config.problems import Path, Problem
from overfit.config.resolving import resolved
from overfit.config.search import Search
from overfit.config.settings import Settings
from overfit.config.space import Space, corners


def searched_settings(
    draft: Draft,
    search: Search,
    path: Path,
    datasets: Mapping[str, DatasetEntry],
    problems: list[Problem],
) -> Settings | None:
    """Settings that stand for all trials of a search; None if anything is wrong with any of them.

    What can't go together mostly does so at a pair of values that stand in the file, so all pairs
    of them are tried.

    Args:
        draft: the variant's settings, without those that are searched.
        search: the search.
        path: where it stands in the draft's home.
        datasets: the catalogue.
        problems: what is wrong is added to it.
    """
    before = len(problems)
    space = _known(search.space)
    for key, message in _wrong_kinds(space):
        problems.append(draft.home.problem((*path, "space", key, space[key].kind), message))
    if len(problems) > before:
        return None
    tried: list[tuple[Settings, dict[str, Any]]] = []
    for corner in corners(space):
        here = draft.copy()
        for key, (below, value) in corner.items():
            here.put(key, value, draft.home, (*path, "space", key, *below))
        settings = resolved(here, datasets, problems)
        if settings:
            tried.append((settings, nested({key: value for key, (_, value) in corner.items()})))
            if search.method == "hyperband":
                _put_shortest(here, settings, (*path, "method"))
                resolved(here, datasets, problems)
    if len(problems) > before:
        return None
    found = next((one for one, _ in tried if _stands_for(one, space, tried)), None)
    if found is None:
        message = "a value here switches off what other settings are about; search for these, too"
        problems.append(draft.home.problem((*path, "space"), message))
    return found


def _known(space: Mapping[str, AnyDimension]) -> Space:
    """The part of a space that can be checked where some of its keys are no settings."""
    if set(space) <= set(SEARCHED):
        return dict(space)
    return {key: found for key, found in space.items() if key in SEARCHED and not found.when}


def _wrong_kinds(space: Mapping[str, AnyDimension]) -> Iterator[tuple[str, str]]:
    for key, dimension in space.items():
        if isinstance(dimension, Range):
            if KEYS[key] not in (int, float):
                yield key, "the setting is no number; write choice: [...]"
            elif KEYS[key] is int and not dimension.whole:
                kind = "log_int" if dimension.logarithmic else "int"
                yield key, f"the setting is a whole number; write {kind}"


def _put_shortest(draft: Draft, settings: Settings, path: Path) -> None:
    """The budget of Hyperband's first rung."""
    unit = "epochs" if settings.train.epochs else "updates"
    whole = getattr(settings.train, unit)
    draft.put(f"train.{unit}", max(1, round(whole / ETA ** depth(whole))), draft.home, path)


def _stands_for(one: Settings, space: Space, tried: list[tuple[Settings, dict[str, Any]]]) -> bool:
    """Whether all settings follow from `one` by putting in what is searched.

    They don't where `one` has switched a part off, such as by a dropout rate of 0: what else is set
    of the part is not in the settings any more.
    """
    try:
        return all(one.updated(found, instead_of=space) == settings for settings, found in tried)
    except ValidationError:
        return False
