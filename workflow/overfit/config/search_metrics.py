"""Metrics of searches: one number a repeat of the whole search, where others have one a seed.

They make statements about ways to search, not about the luck of one search. Repeats that have the
same number see the same images, whichever variant they belong to, so variants are compared in
pairs, repeat by repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from overfit.config.problems import did_you_mean, say

PREFIX = "search."
SEARCH_METRICS = {
    "search.validation_accuracy": "validation accuracy of the best trial of each repeat; where it "
    "is the objective, it flatters",
    "search.validation_loss": "validation loss of the best trial",
    "search.test_accuracy": "test accuracy of the best trial, which no search looks at",
    "search.test_loss": "test loss of the best trial",
    "search.gap": "validation minus test accuracy of the best trial: by how much it flatters",
    "search.anytime": "the best score so far, in the unit of the objective, averaged over what the "
    "trials spend from the first whole training on: good where good trials come early",
}
"""The metrics and their meanings."""
FEWEST = 2
"""Repeats without which there is no interval."""


def is_of_search(name: str) -> bool:
    """Whether a metric has one number a repeat."""
    return name.startswith(PREFIX)


def search_metric_mistake(name: str) -> str | None:
    """What is wrong with the name of a metric of searches; None if nothing is."""
    if name in SEARCH_METRICS:
        return None
    return f"{say(name)} is not known{did_you_mean(name, SEARCH_METRICS)}"


def search_metrics_in(plan: Any) -> Iterator[str]:
    """The metrics of searches in the plans of figures and claims, as often as they occur."""
    if isinstance(plan, str):
        if plan in SEARCH_METRICS:
            yield plan
    elif isinstance(plan, Mapping):
        for value in plan.values():
            yield from search_metrics_in(value)
    elif isinstance(plan, list | tuple):
        for item in plan:
            yield from search_metrics_in(item)


def unsearched(
    names: Iterable[str], variants: Sequence[str], repeats: Mapping[str, Any]
) -> str | None:
    """Why some of the variants have no such metrics, or can't be paired; None if they can.

    Args:
        names: the metrics.
        variants: what they are wanted of.
        repeats: how often the search of each searched variant is done, as it is written.
    """
    name = next(filter(is_of_search, names), None)
    if name is None:
        return None
    for variant in variants:
        if variant not in repeats:
            return f"{name} is a metric of searches, and {variant} has none"
        if repeats[variant] in range(FEWEST):
            return f"{name} needs a search that is done several times; add repeats: 10 to {variant}"
    if len({repeats[variant] for variant in variants}) > 1:
        said = ", ".join(f"{variant} {repeats[variant]}" for variant in variants)
        return f"{name} is compared repeat by repeat; there are different numbers of them: {said}"
    return None
