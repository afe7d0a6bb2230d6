"""Metrics where runs are equally well trained, not where their budget ends.

`gap@train_accuracy=0.95` is the gap at the first evaluation with a training accuracy of at least
0.95, `test_accuracy@train_loss=0.1` the test accuracy at the first with a training loss of at most
0.1: seed by seed, wherever in its training a run gets there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from overfit.config.problems import did_you_mean, say

MATCH = "@"
Criterion = Literal["train_accuracy", "train_loss"]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
UNMATCHED = ("updates_to_90", "diverged")
"""Metrics of a whole run, which have no value at one evaluation."""


@dataclass(frozen=True)
class Matched:
    """A metric where a criterion is first met."""

    metric: str
    criterion: Criterion
    value: float


def matched(name: str) -> Matched | None:
    """The parts of a matched metric's name; None if it is no such name."""
    metric, at, criterion = name.partition(MATCH)
    if not at or match_mistake(metric, criterion):
        return None
    quantity, _, value = criterion.partition("=")
    return Matched(metric, CRITERIA[CRITERIA.index(quantity)], float(value))


def match_mistake(metric: str, criterion: str) -> str | None:
    """What is wrong with taking a metric where a criterion, `train_loss=0.1`, is met."""
    if metric in UNMATCHED:
        return f"{metric} is one of a whole run, which has no value at one evaluation"
    quantity, equals, text = criterion.partition("=")
    if quantity not in CRITERIA:
        return f"runs can't be matched by {say(quantity)}{did_you_mean(quantity, CRITERIA)}"
    example = f"{metric}{MATCH}{quantity}={'0.95' if quantity == 'train_accuracy' else '0.1'}"
    if not equals:
        return f"says no value; write {example}"
    try:
        value = float(text)
    except ValueError:
        return f"{say(text)} is no number; write {example}"
    if not 0 < value < float("inf"):
        return f"{text} is not above 0"
    if quantity == "train_accuracy" and value > 1:
        return f"{text} is above 1, all right answers"
    return None


def matched_in(plan: Any) -> Iterator[str]:
    """The names of matched metrics in the plans of figures and claims, as often as they occur."""
    if isinstance(plan, str):
        if matched(plan):
            yield plan
    elif isinstance(plan, Mapping):
        for value in plan.values():
            yield from matched_in(value)
    elif isinstance(plan, list | tuple):
        for item in plan:
            yield from matched_in(item)
