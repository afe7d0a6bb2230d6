"""From a merged draft to valid settings."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from overfit.config.compat import WrittenSettings, compat_mistake, with_conventions
from overfit.config.datasets import DatasetEntry
from overfit.config.merging import Draft
from overfit.config.messages import explained
from overfit.config.problems import Path, Problem, did_you_mean
from overfit.config.settings import Data, Settings

_SIZES: list[Path] = [("data", "train"), ("data", "validation"), ("data", "draw")]


def resolved(
    draft: Draft, datasets: Mapping[str, DatasetEntry], problems: list[Problem]
) -> Settings | None:
    """The settings of a draft; None if anything is wrong with them, added to `problems`."""
    if message := compat_mistake(draft.values.get("compat")):
        problems.append(draft.problem(("compat",), message))
    if "compat" in draft.values:
        draft = with_conventions(draft)
    try:
        settings = Settings.model_validate(draft.result())
    except ValidationError as error:
        for paths, message in explained(error, WrittenSettings):
            path = draft.latest(paths)
            if path != paths[0] and path[-1] == "name":  # another kind was chosen later
                message += f"; {paths[0][-1]}: null deletes the inherited one"
            problems.append(draft.problem(path, message))
        return None
    if not datasets:  # the catalogue itself is broken, which is said elsewhere
        return settings
    name = settings.data.dataset
    if name not in datasets:
        message = f"no dataset {name!r}{did_you_mean(name, datasets)}"
        problems.append(draft.problem(("data", "dataset"), message))
        return None
    if message := _too_many(settings.data, datasets[name]):
        problems.append(draft.problem(draft.latest(_SIZES), message))
        return None
    return settings


def _too_many(data: Data, dataset: DatasetEntry) -> str | None:
    """That the pool does not hold as many images as asked for."""
    asked = f"{data.train} training and {data.validation} validation images"
    if data.draw == "first":
        needed, room = data.train + data.validation, dataset.pool
        asked += f" are {needed}"
    else:
        needed, room = dataset.room(data.train, data.validation)
        asked += f" need {needed} of a class"
    return f"{asked}; the pool of {data.dataset} has {room}" if needed > room else None
