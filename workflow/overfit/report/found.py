"""What the searches of an experiment found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from overfit.data.errors import DataError
from overfit.metrics.histories import read_trials
from overfit.metrics.trials import ranked_trials, trial_scores
from overfit.report.units import setting


@dataclass(frozen=True)
class Found:
    """What a search looked for and what it found: for each key where it looked, and the best."""

    label: str
    method: str
    trials: int
    objective: str
    values: dict[str, tuple[str, str]]

    @property
    def keys(self) -> list[str]:
        """What it searched."""
        return list(self.values)


def best_file(search: Mapping[str, Any], results: Path) -> Path:
    """Where the best trial of a search of a plan stands."""
    return results / "searches" / str(search["search"]) / str(search["method"]) / "best.yaml"


def best(plan: Mapping[str, Any], variant: str, results: Path) -> dict[str, Any]:
    """The best trial's value of each searched key that applies.

    And its `score`, where the source reports something of the same search and all trials are there.
    """
    search = plan["searches"][variant]
    text = best_file(search, results).read_text(encoding="utf-8")
    values = yaml.safe_load(text) or {}
    here = {key: value for key in search["space"] for value in _at(values, key.split("."))}
    if any(number["of"] == variant for number in plan["reported"]):
        here |= _score(plan, variant, results)
    return here


def _score(plan: Mapping[str, Any], variant: str, results: Path) -> dict[str, float]:
    """The best trial's score, if the trials are there."""
    try:
        trials = read_trials(plan, variant, results)
    except (FileNotFoundError, DataError):
        return {}
    objective = plan["searches"][variant]["objective"]
    scores = trial_scores(trials[trials["repeat"] == 0], objective).set_index("trial")["score"]
    return {"score": float(scores[ranked_trials(trials, objective)[0]])}


def found(plan: Mapping[str, Any], variant: str, best: Mapping[str, Any]) -> Found:
    """What a search looked for and what it found, worded.

    Args:
        plan: the experiment's plan.
        variant: the searched variant.
        best: what `best` returned.
    """
    search = plan["searches"][variant]
    goal = ", ".join(f"{verb} {what}" for verb, what in search["objective"].items())
    return Found(
        label=plan["variants"][variant]["label"],
        method=search["method"].replace("_", " "),
        trials=search["trials"],
        objective=goal.replace("_", " "),
        values={
            key: (_space(space), setting(best[key]) if key in best else "does not apply")
            for key, space in search["space"].items()
        },
    )


def _at(values: Any, steps: Sequence[str]) -> Iterator[Any]:
    """The value at a path through nested mappings, if there is one."""
    for step in steps:
        if not isinstance(values, Mapping) or step not in values:
            return
        values = values[step]
    yield values


def _space(dimension: Mapping[str, Any]) -> str:
    """Where a search looks: `log uniform, 1e-06 to 0.01`, and when, if not always."""
    words = []
    for kind, given in dimension.items():
        if kind == "when":
            conditions = (f"{key} is {setting(value)}" for key, value in given.items())
            words.append(f"where {' and '.join(conditions)}")
        elif kind == "choice":
            words.append(f"choice, {setting(given)}")
        elif kind == "points":
            words.append(f"{given} points")
        else:
            words.append(f"{kind.replace('_', ' ')}, {' to '.join(map(setting, given))}")
    return "; ".join(reversed(words))
