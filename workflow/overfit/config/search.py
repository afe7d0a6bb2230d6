"""The block `search` of a variant, which finds settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from overfit.config.model import Clash, Model, clashes, mistake
from overfit.config.problems import must_be
from overfit.search.methods import NAMES, ROUND, method, methods
from overfit.search.space import Space, space_clashes


def _on_validation_images(metric: Any) -> Any:
    if isinstance(metric, str) and metric.startswith("test_"):
        raise mistake(
            f"{metric} is measured on test images, which a search must not see; "
            "maximize validation_accuracy or minimize validation_loss"
        )
    return metric


class Objective(Model):
    """The objective of a search, measured on validation images, never on test images."""

    maximize: (
        Annotated[Literal["validation_accuracy"], BeforeValidator(_on_validation_images)] | None
    ) = None
    """The metric at the end of training to maximize; either this or `minimize`."""
    minimize: (
        Annotated[Literal["validation_loss"], BeforeValidator(_on_validation_images)] | None
    ) = None
    """The metric at the end of training to minimize."""

    @property
    def metric(self) -> str:
        """The metric."""
        return str(self.maximize or self.minimize)

    @property
    def goal(self) -> str:
        """The objective for people: `maximize validation accuracy`."""
        verb = "maximize" if self.maximize else "minimize"
        return f"{verb} {self.metric.replace('_', ' ')}"

    @model_validator(mode="before")
    @classmethod
    def _with_direction(cls, value: Any) -> Any:
        kind = value.rpartition("_")[2] if isinstance(value, str) else ""
        if verb := {"accuracy": "maximize", "loss": "minimize"}.get(kind):
            raise mistake(f"{must_be('a mapping', value)}; write {{{verb}: validation_{kind}}}")
        return value

    @model_validator(mode="after")
    def _one_metric(self) -> Objective:
        if self.maximize and self.minimize:
            clashes([("maximize and minimize are both given; keep one of them", [("minimize",)])])
        if not (self.maximize or self.minimize):
            message = "needs maximize: validation_accuracy or minimize: validation_loss"
            clashes([(message, [()])])
        return self


if TYPE_CHECKING:
    MethodName = str
else:
    MethodName = Literal[NAMES]
"""The name of a search method."""


UPDATES = ("data.train", "train.batch_size", "train.epochs", "train.updates")
"""Settings that change the number of updates."""
PARAMETERS = ("batch_norm", "model.depth", "model.hidden", "model.width")
"""Settings that change which parameters there are."""


def searches_per_seed(name: str, search: Any, file: Any) -> bool:
    """Whether each seed of a variant has a search, see `Search.per_seed`.

    Args:
        name: the variant.
        search: its search, as in the file.
        file: the whole file; both may contain mistakes.
    """
    if not isinstance(search, dict):
        return False
    if isinstance(given := search.get("per_seed"), bool):
        return given
    claims = file.get("claims")
    tests = [one.get("test") for one in claims or () if isinstance(one, dict)]
    compared = [words for words in ([*_words(test)] for test in tests) if name in words]
    of_seeds = any(not any(word.startswith("search.") for word in words) for words in compared)
    return of_seeds and "repeats" not in search and not differs(search.get("space"), file)


def differs(space: Any, file: Any) -> str | None:
    """Why the seeds of a run can't have different values from a space; None if they can.

    Args:
        space: the searched keys.
        file: the whole file.
    """
    keys = [key for key in space or () if isinstance(key, str)]
    for key in keys:
        if key.startswith(UPDATES):
            return f"each seed needs the same number of updates, which {key} changes"
        if key.startswith(PARAMETERS) and "parameters" in (file.get("keep") or ()):
            return f"each seed needs the same parameters to keep, which {key} changes"
    return None


def _words(value: Any) -> Iterator[str]:
    """All texts in a test."""
    if isinstance(value, dict):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, str):
        yield value


class Search(Model):
    """A search for settings of a variant."""

    space: Annotated[Space, Field(min_length=1)]
    """The values to search for each dotted key of a setting: `{log_uniform: [low, high]}`."""
    method: MethodName
    """The search method, see below."""
    trials: int = Field(ge=1, le=10_000)
    """Number of configurations to try. For `hyperband`, which tries more configurations and trains
    most of them for a part of the epochs: the budget, in whole trainings."""
    objective: Objective
    """The metric to optimize."""
    round: int = Field(default=ROUND, ge=1, le=1000)
    """For `tpe` and `gp`: the most trials to propose at once, based on all trials before. These are
    also at most a quarter of the trials before."""
    repeats: int = Field(default=1, ge=1, le=1000)
    """Number of repeats of the whole search, each with other images, initial weights and proposals.
    The best configuration is that of the first repeat."""
    per_seed: bool | None = None
    """Whether each seed is trained with the result of a separate search, so that intervals include
    the luck of searching. By default, it is if a claim compares the variant by a metric of seeds,
    `repeats` is not given, and no searched setting changes the number of updates."""

    @model_validator(mode="after")
    def _values_go_together(self) -> Search:
        clashes([*self._clashes()])
        return self

    def _clashes(self) -> Iterator[Clash]:
        for message, paths in space_clashes(self.space):
            yield message, [("space", *path) for path in paths]
        chosen = method(self.method)
        if not chosen.sized and "round" in self.model_fields_set:
            sized = " and ".join(name for name, one in methods().items() if one.sized)
            yield f"{self.method} doesn't use round; {sized} do", [("round",)]
        if self.per_seed and "repeats" in self.model_fields_set:
            yield "per_seed runs one search per seed; remove repeats", [("repeats",)]
        for message, path in chosen.mistakes(self.space, self.trials):
            yield message, [path]
