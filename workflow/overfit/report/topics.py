"""The experiments by topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from overfit.report.evidence import Evidence
from overfit.report.section import Section

OTHER = "Other experiments"


@dataclass(frozen=True)
class Topic:
    """Experiments about one thing."""

    name: str
    anchor: str
    sections: list[Section]

    @property
    def claims(self) -> list[Evidence]:
        """Their claims."""
        return [claim for one in self.sections for claim in one.claims]

    @property
    def supported(self) -> int:
        """How many of the claims are supported."""
        return sum(claim.verdict == "supported" for claim in self.claims)


def by_topic(sections: Sequence[Section], order: Sequence[str]) -> list[Topic]:
    """The topics of some experiments.

    Args:
        sections: the experiments; within a topic they keep their order.
        order: topics that come first, in this order; others follow by name, and last the
            experiments that have none.
    """
    named: dict[str, list[Section]] = {}
    for one in sections:
        named.setdefault(one.plan["topic"].strip() or OTHER, []).append(one)
    known = {name: place for place, name in enumerate(order)}
    names = sorted(named, key=lambda name: (name == OTHER, known.get(name, len(known)), name))
    return [
        Topic(name, f"topic-{place}-{_slug(name)}".rstrip("-"), named[name])
        for place, name in enumerate(names)
    ]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
