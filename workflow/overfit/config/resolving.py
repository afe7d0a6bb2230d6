"""From merged drafts to valid settings.

Three things turn a file into `Settings`: bundles of conventions (`compat`), dotted keys in grids
and search spaces, and searches, whose settings are checked at the corners of their space.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from overfit.config.merging import Draft, nested
from overfit.config.messages import explained
from overfit.config.model import bare, is_model, members
from overfit.config.parts import parts
from overfit.config.problems import Path, Problem, did_you_mean, say
from overfit.config.search import Search
from overfit.config.settings import Data, Settings
from overfit.data.readers import Dataset
from overfit.search.dimensions import AnyDimension, Range
from overfit.search.methods import method
from overfit.search.space import MOST, Space, corners
from overfit.trainers import unused

CompatName = Literal["book"]
CONVENTIONS: Mapping[str, Mapping[str, Any]] = {
    "book": {
        "data.draw": "first",
        "train.sampling": "replacement",
        **{
            f"{name}.{key}": value
            for name, part in parts("layers").items()
            for key, value in getattr(part, "compat", {}).get("book", {}).items()
        },
    }
}
"""The settings of each bundle, by dotted key; those of a layer are in its file, as `compat`.

Source: K. Saitoh, Deep Learning from Scratch, 6.3 and 6.4, and the code that comes with it.
"""


class WrittenSettings(Settings):
    """Settings as people write them."""

    model_config = ConfigDict(title="Settings")

    compat: CompatName | None = None
    """A bundle of conventions; `book` means those of *Deep Learning from Scratch*. Settings in the
    same mapping or in a higher layer override it."""


def _with_conventions(draft: Draft, problems: list[Problem]) -> Draft:
    """The draft with the settings that its `compat` selects, and without `compat`.

    A convention replaces settings of lower layers, but the same layer as `compat` and higher ones
    override it. Parts that are off stay off.
    """
    chosen = draft.entry(("compat",))
    if chosen is None:
        return draft
    found = draft.without("compat")
    if chosen.absent:
        return found
    if chosen.value not in list(CONVENTIONS):
        message = f"unknown value {say(chosen.value)}{did_you_mean(chosen.value, CONVENTIONS)}"
        problems.append(draft.problem(("compat",), message))
        return found
    for key, value in CONVENTIONS[chosen.value].items():
        part, setting = key.split(".")
        above = found.entry((part,))
        on = above is not None and (above.value is True or isinstance(above.value, dict))
        if on and found.layer((part, setting)) < chosen.layer:
            found.put(key, value, chosen.source, chosen.path)
    return found


def _with_last_shape(draft: Draft) -> Draft:
    """The draft without a `width` and a `depth` from layers below that of `hidden`."""
    hidden = draft.entry(("model", "hidden"))
    if hidden is None or hidden.absent:
        return draft
    found = draft.copy()
    for key in ("depth", "width"):
        if 0 <= draft.layer(("model", key)) < hidden.layer:
            found.put(f"model.{key}", None, hidden.source, hidden.path)
    return found


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
"""The keys that can be searched: all but the dataset, which all trials share."""


def key_mistakes(
    variants: Mapping[str, Mapping[str, Any]], axes: Mapping[str, Any]
) -> Iterator[tuple[Path, str]]:
    """Axes and searched keys that are not settings, or that a variant sets as well."""
    for axis in axes:
        if axis == "compat":
            yield (
                ("grid", axis),
                "conventions can't be a grid axis; set compat in a variant",
            )
        elif axis not in KEYS:
            yield ("grid", axis), f"unknown setting{did_you_mean(axis, KEYS)}"
        for whole in axes:
            if axis.startswith(f"{whole}."):
                message = f"is part of {whole}, which is an axis too; remove one of them"
                yield ("grid", axis), message
    for name, variant in variants.items():
        for axis in axes:
            if where := _sets(variant, axis):
                message = f"the grid varies {axis}, too; remove it from one of them"
                yield ("variants", name, *where), message
        search = variant.get("search")
        space = search.get("space") if isinstance(search, Mapping) else None
        for key in space if isinstance(space, Mapping) else ():
            at = ("variants", name, "search", "space", key)
            if key in KEYS and key not in SEARCHED:
                yield at, "can't be searched: all trials of a search use the same dataset"
            elif key not in SEARCHED:
                yield at, f"unknown setting{did_you_mean(key, SEARCHED)}"
            elif where := _sets(variant, key):
                message = f"the search finds {key}, too; remove it from one of them"
                yield ("variants", name, *where), message


def _sets(variant: Mapping[str, Any], key: str) -> Path:
    """The path where a variant sets a dotted key or replaces its mapping; else ()."""
    path: Path = ()
    value: Any = variant
    for step in key.split("."):
        if not isinstance(value, Mapping):
            return path
        if step not in value:
            return ()
        path, value = (*path, step), value[step]
    return path


SHOWN = 20
"""The number of tried points that are candidates to represent all."""
_SIZES: list[Path] = [("data", "train"), ("data", "validation"), ("data", "draw")]


def resolved(
    draft: Draft,
    datasets: Mapping[str, Dataset],
    problems: list[Problem],
    unable: list[Problem] | None = None,
) -> Settings | None:
    """The settings of a draft; None if anything is wrong with them, added to `problems`.

    What the trainer can't use is added to `unable`, if it is given.
    """
    draft = _with_last_shape(_with_conventions(draft, problems))
    try:
        settings = Settings.model_validate(draft.result())
    except ValidationError as error:
        for paths, message in explained(error, WrittenSettings):
            path = draft.latest(paths)
            if path != paths[0] and path[-1] == "name":  # another kind was chosen later
                message += f"; write {paths[0][-1]}: null to delete the inherited one"
            problems.append(draft.problem(path, message))
        return None
    if not datasets:  # the catalogue itself is broken, which is reported elsewhere
        return settings
    name = settings.data.dataset
    if name not in datasets:
        message = f"unknown dataset {name!r}{did_you_mean(name, datasets)}"
        problems.append(draft.problem(("data", "dataset"), message))
        return None
    if too_many := _too_many(settings.data, datasets[name]):
        problems.append(draft.problem(draft.latest(_SIZES), too_many))
        return None
    wrong = [draft.problem(*one) for one in _unknown_classes(settings, datasets[name])]
    beyond = [
        draft.problem(path, message)
        for path, message in unused(settings, datasets[name])
        if not _left_alone(draft, path)
    ]
    problems += wrong
    (problems if unable is None else unable).extend(beyond)
    return None if wrong or beyond else settings


def _left_alone(draft: Draft, path: Path) -> bool:
    """Whether a required setting has only its default."""
    written = next(
        (entry for end in range(len(path), 0, -1) if (entry := draft.entry(path[:end]))), None
    )
    needed = path[0] == "model" or path[:2] == ("train", "optimizer")
    return needed and (written is None or written.path[:1] == ("defaults",))


def _unknown_classes(settings: Settings, dataset: Dataset) -> Iterator[tuple[Path, str]]:
    """Weights of classes that the dataset doesn't have, as far as its entry names them."""
    weights, name = settings.train.class_weights, settings.data.dataset
    if isinstance(weights, str):
        return
    path: Path = ("train", "class_weights")
    if dataset.classes and len(weights) > dataset.classes:
        yield path, f"weights {len(weights)} classes; {name} has {dataset.classes}"
    for weighted in weights:
        if dataset.names and weighted not in dataset.names:
            message = f"{name} has no class {weighted!r}{did_you_mean(weighted, dataset.names)}"
            yield (*path, weighted), message


def _too_many(data: Data, dataset: Dataset) -> str | None:
    """Why the pool has too few images for the settings; None if it has enough."""
    asked = f"{data.train} training and {data.validation} validation images"
    if data.draw == "balanced":
        each, per_class = dataset.room(data.train, data.validation), " per class"
    else:
        each, per_class = None, ""
        if dataset.pool != "rest":
            each = data.train + data.validation, dataset.pool
    if each is None or each[0] <= each[1]:
        return None
    needed, room = each
    return f"{asked} need {needed}{per_class}; the pool of {data.dataset} has {room}{per_class}"


def searched_settings(
    draft: Draft,
    search: Search,
    path: Path,
    datasets: Mapping[str, Dataset],
    problems: list[Problem],
    unable: list[Problem] | None = None,
    most: int = MOST,
) -> Settings | None:
    """Settings that represent all trials of a search; None if anything is wrong with any of them.

    Impossible trials that the tried points don't show fail when they are trained.

    Args:
        draft: the variant's settings, without those that are searched.
        search: the search.
        path: its path in the draft's home.
        datasets: the catalogue.
        problems: the list to which mistakes are added, the first one of each value.
        unable: as in `resolved`.
        most: the most points of each sort to try.
    """
    space = _known(search.space)
    wrong = [
        draft.home.problem((*path, "space", key, space[key].kind), message)
        for key, message in _wrong_kinds(space)
    ]
    if wrong:
        problems += wrong
        return None
    tried: list[tuple[Settings, dict[str, Any]]] = []
    for corner in corners(space, most):
        here = draft.copy()
        for key, (below, value) in corner.items():
            here.put(key, value, draft.home, (*path, "space", key, *below))
        settings = resolved(here, datasets, wrong, unable)
        if settings:
            tried.append((settings, nested({key: value for key, (_, value) in corner.items()})))
            if method(search.method).shortens:
                shortest = here.copy()
                _put_shortest(shortest, settings, search, (*path, "method"))
                resolved(shortest, datasets, wrong, unable)
    if wrong:
        first = {(one.file, one.path): one for one in reversed(wrong)}
        ends = [one.path.rpartition("[")[0] for one in wrong]  # if an end is wrong, so is the rest
        problems += [one for one in first.values() if one.path not in ends]
    if wrong or not tried:
        return None
    tried = tried[:most]
    found = next((one for one, _ in tried[:SHOWN] if _stands_for(one, space, tried)), None)
    if found is None:
        message = "a value switches off a part, and its other settings with it; search those, too"
        problems.append(draft.home.problem((*path, "space"), message))
    return found


def _known(space: Mapping[str, AnyDimension]) -> Space:
    """The part of a space that can be checked if some of its keys are not settings."""
    if set(space) <= set(SEARCHED):
        return dict(space)
    return {key: found for key, found in space.items() if key in SEARCHED and not found.when}


def _wrong_kinds(space: Mapping[str, AnyDimension]) -> Iterator[tuple[str, str]]:
    for key, dimension in space.items():
        if isinstance(dimension, Range):
            if KEYS[key] not in (int, float):
                yield key, "the setting is not a number; write choice: [...]"
            elif KEYS[key] is int and not dimension.whole:
                kind = "log_int" if dimension.logarithmic else "int"
                yield key, f"the setting is a whole number; write {kind}"


def _put_shortest(draft: Draft, settings: Settings, search: Search, path: Path) -> None:
    """Set the budget of the shortest trainings of a search."""
    unit = "epochs" if settings.train.epochs else "updates"
    shortest = method(search.method).shortest(getattr(settings.train, unit))
    draft.put(f"train.{unit}", shortest, draft.home, path)


def _stands_for(one: Settings, space: Space, tried: list[tuple[Settings, dict[str, Any]]]) -> bool:
    """Whether inserting the searched values into `one` gives all settings.

    It doesn't if `one` switches a part off, for example with a dropout rate of 0, and so loses the
    other settings of that part.
    """
    try:
        return all(one.updated(found, instead_of=space) == settings for settings, found in tried)
    except ValidationError:
        return False
