"""A claim: a statement, and the test that decides on it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from overfit.config.claims.difference import Difference
from overfit.config.claims.equivalent import Equivalent
from overfit.config.claims.interaction import Interaction
from overfit.config.claims.level import Level
from overfit.config.claims.location import Location
from overfit.config.claims.probability import Probability
from overfit.config.claims.ratio import Ratio
from overfit.config.claims.test import Test
from overfit.config.claims.trend import Trend
from overfit.config.model import Model, Name, Text, clashes, mistake
from overfit.config.problems import did_you_mean, say

_MODELS = (Difference, Level, Ratio, Trend, Equivalent, Interaction, Location, Probability)
Verdict = Literal["supported", "contradicted", "negligible", "inconclusive"]
KINDS: dict[str, type[Test]] = {model.kind: model for model in _MODELS}
"""The kinds of tests by name."""


def _of_one_kind(value: Any) -> Any:
    if not isinstance(value, dict):
        raise mistake(f"{say(value)} where a mapping belongs")
    kinds = [kind for kind in KINDS if kind in value]
    if len(kinds) > 1:
        clashes([(f"the test is also a {kinds[0]}; keep one of them", [(kinds[1],)])])
    known = {key for model in _MODELS for key in model.model_fields}
    unknown = [key for key in value if key not in known]
    for key in unknown if not kinds else ():
        if "did you mean" in (hint := did_you_mean(key, KINDS)):
            clashes([(f"no kind of test{hint}", [(key,)])])
    if not kinds:
        raise mistake(f"names no test; write KIND: METRIC with one of {', '.join(KINDS)}")
    return value


def _tag(value: Any) -> str:
    return next(f"<{kind}>" for kind in KINDS if kind in value)


AnyTest = Annotated[
    Annotated[Difference, Tag("<difference>")]
    | Annotated[Level, Tag("<level>")]
    | Annotated[Ratio, Tag("<ratio>")]
    | Annotated[Trend, Tag("<trend>")]
    | Annotated[Equivalent, Tag("<equivalent>")]
    | Annotated[Interaction, Tag("<interaction>")]
    | Annotated[Location, Tag("<location>")]
    | Annotated[Probability, Tag("<probability>")],
    Discriminator(_tag),
    BeforeValidator(_of_one_kind),
]


class Claim(Model):
    """A statement and the test that decides on it."""

    id: Name
    """A short name, unique in the experiment."""
    says: Text
    """The statement, a sentence."""
    cites: str = ""
    """Where the statement comes from; the report calls one without it our own."""
    test: AnyTest
    """What is compared with what: `KIND: METRIC` and the keys of that kind."""
    because: dict[Verdict, Text] = Field(default_factory=dict)
    """For a verdict the likely reason, which the report gives if it is the one: `{contradicted:
    Both train to the end here.}`."""

    def plan(self) -> dict[str, Any]:
        """The claim as scripts get it."""
        return {
            "id": self.id,
            "says": self.says,
            "cites": self.cites,
            "kind": self.test.kind,
            "test": self.test.plan(),
            "because": dict(self.because),
        }
