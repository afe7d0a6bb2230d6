"""From a merged draft to valid settings."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from overfit.spec.datasets import DatasetEntry
from overfit.spec.merging import Draft
from overfit.spec.messages import explained
from overfit.spec.problems import Path, Problem, did_you_mean
from overfit.spec.settings import Settings

_SIZES: list[Path] = [("data", "train"), ("data", "validation")]


def resolved(
    draft: Draft, datasets: Mapping[str, DatasetEntry], problems: list[Problem]
) -> Settings | None:
    """The settings of a draft; None if anything is wrong with them, added to `problems`."""
    try:
        settings = Settings.model_validate(draft.values)
    except ValidationError as error:
        for paths, message in explained(error, Settings):
            path = draft.latest(paths)
            if path != paths[0] and path[-1] == "name":  # another kind was chosen later
                message += f"; {paths[0][-1]}: null deletes the inherited one"
            problems.append(draft.problem(path, message))
        return None
    if not datasets:  # the catalogue itself is broken, which is said elsewhere
        return settings
    name, train, validation = settings.data.dataset, settings.data.train, settings.data.validation
    if name not in datasets:
        message = f"no dataset {name!r}{did_you_mean(name, datasets)}"
        problems.append(draft.problem(("data", "dataset"), message))
        return None
    needed, room = datasets[name].room(train, validation)
    if needed > room:
        message = (
            f"{train} training and {validation} validation images need {needed} of a class; "
            f"the pool of {name} has {room}"
        )
        problems.append(draft.problem(draft.latest(_SIZES), message))
        return None
    return settings
