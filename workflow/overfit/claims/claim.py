"""A claim: a statement, and the test that decides on it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from overfit.claims.kind import Test
from overfit.claims.verdict import Unit, Verdict
from overfit.config.contract import ContractError, classes, files
from overfit.config.model import Model, Name, Number, Text, by_own_key, clashes, mistake
from overfit.config.names import Metric
from overfit.config.problems import did_you_mean, must_be
from overfit.metrics.table import MATCH

_FOLDER = "overfit.claims.kinds"


def checked(kinds: Mapping[str, type[Test]], where: Mapping[str, Path]) -> dict[str, type[Test]]:
    """The kinds, by name, if each has what claims and the reference need.

    Args:
        kinds: the classes of the kinds.
        where: the file of each.

    Raises:
        ContractError: one lacks something, or a key of one is the name of another.
    """
    taken = dict.fromkeys(Test.model_fields, "every claim")
    for name, kind in kinds.items():
        taken |= {key: name for key in kind.model_fields if key not in {name, *taken}}
    for name, kind in kinds.items():
        if wrong := _mistake(name, kind, taken):
            raise ContractError(where[name], wrong)
    return dict(kinds)


def _mistake(name: str, kind: type[Test], taken: Mapping[str, str]) -> str | None:
    if name in taken:
        return f"{name} is a key of {taken[name]}; rename the file"
    if name not in kind.model_fields:
        return f"{kind.__name__} has no field {name}, the key that names the metric"
    if inspect.isabstract(kind):
        missing = " and no ".join(sorted(kind.__abstractmethods__))
        return f"{kind.__name__} has no {missing}; see overfit.claims.kind.Test"
    used = [key for key in kind.model_fields if key in dir(Test) and key not in Test.model_fields]
    if used:
        return f"{kind.__name__} has a field {used[0]}, which every claim uses; choose another name"
    if not kind.__doc__:
        return f"{kind.__name__} has no docstring, which the reference prints"
    return None


KINDS: dict[str, type[Test]] = checked(
    classes(_FOLDER, Test),  # type: ignore[type-abstract]  # only its subclasses are made
    files(_FOLDER),
)
"""The kinds of tests by name."""


def _of_one_kind(value: Any) -> Any:
    if not isinstance(value, dict):
        raise mistake(must_be("a mapping", value))
    kinds = [kind for kind in KINDS if kind in value]
    if len(kinds) > 1:
        clashes([(f"the test is also a {kinds[0]}; keep one of them", [(kinds[1],)])])
    known = {key for model in KINDS.values() for key in model.model_fields}
    unknown = [key for key in value if key not in known]
    for key in unknown if not kinds else ():
        if "did you mean" in (hint := did_you_mean(key, KINDS)):
            clashes([(f"no kind of test{hint}", [(key,)])])
    if not kinds:
        raise mistake(f"needs KIND: METRIC, where KIND is one of {', '.join(KINDS)}")
    return value


if TYPE_CHECKING:
    AnyTest = Test
else:
    AnyTest = by_own_key(KINDS, _of_one_kind)


class Margin(Model):
    """A margin that many claims about a metric share, with its reason."""

    margin: Number = Field(gt=0)
    """The margin, in the unit of the metric."""
    because: Text
    """Why an effect of this size is the smallest of interest, a sentence."""


Margins = dict[Metric, Margin]
"""Margins by metric."""


class Claim(Model):
    """A statement and the test that decides on it."""

    id: Name
    """A short name, unique in the experiment."""
    says: Text
    """The statement, a sentence."""
    cites: str = ""
    """Where the statement comes from; without it, the report marks the claim as our own."""
    test: AnyTest
    """The comparison: `KIND: METRIC` and the keys of that kind."""
    margin_because: str = ""
    """Why its margin is the smallest effect of interest, a sentence. By default the reason that
    `margins` of the configuration gives for a margin of this size."""
    depends_on: str = ""
    """A setting of the source on which the verdict depends, such as `the learning rate of 0.01, at
    which batch normalization costs test accuracy`. The test is right, but not fair to the
    statement, which is not about this setting."""
    because: dict[Verdict, Text] = Field(default_factory=dict)
    """The likely reason for a verdict; the report prints it if the claim gets this verdict:
    `{contradicted: Both train to the end here.}`."""

    def without_words(self) -> Claim:
        """The claim without what only the report prints: editing that decides nothing again."""
        return self.model_copy(update={"because": {}, "margin_because": "", "depends_on": ""})

    def with_reason(self, margins: Margins) -> Claim:
        """The claim with the reason of its margin, if `margins` has one and it names none.

        A margin is one of the metric, wherever in the training this is taken, if the effect is in
        its unit: a ratio or a trend has margins of other kinds.
        """
        test = self.test
        known = margins.get(test.metric.partition(MATCH)[0])
        of_metric = test.effect.unit == Unit(test.wording)
        if self.margin_because or not (known and of_metric and known.margin == test.margin):
            return self
        return self.model_copy(update={"margin_because": known.because})
