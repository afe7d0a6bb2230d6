"""An experiment and its cells, for tables, figures, claims and the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from overfit.claims.claim import Claim
from overfit.claims.design import Design, Registration, digest
from overfit.claims.kind import Test
from overfit.claims.looks import Looks
from overfit.config.names import KeptName
from overfit.config.settings import Evaluation, Settings
from overfit.config.specs import BEST, Recording, RunSpec, SearchSpec
from overfit.metrics.format import settings
from overfit.metrics.table import (
    GAPS,
    MATCH,
    SEARCH_METRICS,
    Metric,
    declare,
    matched,
    names_in,
)

WORDS = ("caption", "cites")
"""Options of figures that only the report needs."""


@dataclass(frozen=True)
class Cell:
    """One variant at one point of the grid."""

    variant: str
    at: dict[str, Any]
    """A point on each axis of the grid."""


@dataclass(frozen=True)
class Trained(Cell):
    """A cell that is one run."""

    run: RunSpec
    points: int
    """The number of evaluation points of the experiment; the run may record more."""

    @property
    def settings(self) -> Settings:
        """All settings, with the evaluation points of this cell."""
        evaluation = Evaluation(points=self.points)
        return self.run.settings.model_copy(update={"evaluation": evaluation})


@dataclass(frozen=True)
class Experiment:
    """A question with all its runs, for jobs, notebooks and the report."""

    name: str
    sources: Mapping[str, str]
    """The text of the file that defines it, then of those that it extends, nearest first."""
    changes: Mapping[str, Any]
    """The changes that the configuration makes."""
    title: str
    question: str
    cites: str
    text: str
    topic: str
    labels: dict[str, str]
    """Each variant with its name for readers."""
    grid: dict[str, list[Any]]
    """Each axis, a dotted key of settings, with its points."""
    seeds: int
    trials_per_job: int
    cells: tuple[Cell, ...]
    searches: dict[str, SearchSpec]
    """The search of each searched variant."""
    probes: tuple[str, ...] = ()
    keep: tuple[KeptName, ...] = ()
    figures: tuple[Any, ...] = ()
    """The options of each figure, models of its kind."""
    claims: tuple[Claim, ...] = ()
    """Its claims."""
    reported: tuple[Any, ...] = ()
    """Numbers of the source."""
    first_seed: int = 0
    looks: Looks | None = None
    """The looks at its claims, if seeds are added until they are decided."""
    registered: Mapping[str, tuple[Registration, ...]] = field(default_factory=dict)
    """The registered designs of its claims, each claim's first one first."""
    further: tuple[Experiment, ...] = ()
    """For each later number of seeds, the part that claims look at with that number."""
    blocks: Mapping[str, list[str]] = field(default_factory=dict)
    """The blocks of seeds of each of its runs; see `overfit.config.blocks`."""
    optional: bool = False
    """Whether it runs only if it is named."""
    replicates: str = ""
    """The experiment that it replicates, if it does."""
    replication: str = ""
    """The label of the replication."""
    asked: tuple[str, ...] = ()
    """The metrics of figures and claims that are left out here; see `without_words`."""
    own: Mapping[str, Metric] = field(default_factory=dict)
    """The metrics that it declares itself."""
    measurements: Any = None
    """Where its results are (`overfit.metrics.measurements.Measurements`), if it trains nothing."""
    curves: bool = True
    """Whether it has learning curves."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The value of each variant in the table of measurements."""
    read: tuple[tuple[str, str], ...] = ()
    """The contents of this table when the plan was made, in pairs of a word and a text."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpickle it, in a job whose process doesn't know its metrics yet."""
        self.__dict__.update(state)
        declare(self.own)

    @property
    def source(self) -> str:
        """The file that defines it."""
        return next(iter(self.sources))

    @property
    def members(self) -> range:
        """Its seeds."""
        return range(self.first_seed, self.first_seed + self.seeds)

    @property
    def trained(self) -> list[Trained]:
        """The cells that are runs: all, or none if its results are measurements."""
        return [cell for cell in self.cells if isinstance(cell, Trained)]

    @property
    def parts(self) -> tuple[Experiment, ...]:
        """The experiment itself, and its parts with more seeds."""
        return (self, *self.further)

    def cells_of(self, test: Test) -> list[Cell]:
        """The cells that a test of one of its claims compares."""
        return [
            cell
            for cell in self.cells
            if any(
                cell.variant == spot.variant
                and all(cell.at.get(axis, point) == point for axis, point in spot.fixed.items())
                for spot in test.spots()
            )
        ]

    def trained_of(self, test: Test) -> list[Trained]:
        """The cells that a test of one of its claims compares, if they are runs."""
        return [cell for cell in self.cells_of(test) if isinstance(cell, Trained)]

    def design(self, claim: Claim) -> Design:
        """The design of one of its claims.

        It doesn't depend on texts, on other claims, or on the order of variants and points.
        """
        plain: dict[str, Any] = {"mode": "json", "exclude_defaults": True}
        cells = [
            (
                cell.variant,
                cell.at,
                cell.run.root_seed,
                cell.settings.model_dump(**plain),
                found.model_dump(**plain) if (found := self.searches.get(cell.variant)) else None,
            )
            for cell in self.trained_of(claim.test)
        ]
        return Design(
            settings=digest(sorted(map(digest, cells))),
            test=digest([claim.test.kind, claim.test.model_dump(exclude={"margin"}, **plain)]),
            margin=claim.test.margin,
            first_seed=self.first_seed,
            seeds=self.looks.seeds if self.looks else (self.seeds,),
        )

    def in_force(self, claim: Claim) -> Registration | None:
        """The last registration of one of its claims, if its design has not changed since."""
        known = self.registered.get(claim.id, ())
        return known[-1] if known and not known[-1].changes(self.design(claim)) else None

    def with_looks(self, looks: Looks) -> Experiment:
        """The experiment with its looks, and a part for each number of seeds of undecided claims.

        A part has the cells that these claims compare, and nothing else that needs a run.
        """
        further = []
        for seeds in sorted(set(looks.claims.values())):
            claims = tuple(one for one in self.claims if looks.claims.get(one.id) == seeds)
            runs = {id(cell) for claim in claims for cell in self.cells_of(claim.test)}
            cells = tuple(cell for cell in self.cells if id(cell) in runs)
            named = {cell.variant for cell in cells}
            searches = {name: one for name, one in self.searches.items() if name in named}
            part = replace(self, seeds=seeds, claims=claims, cells=cells, searches=searches)
            further.append(replace(part, figures=(), reported=(), keep=(), registered={}))
        return replace(self, looks=looks, further=tuple(further))

    @cached_property
    def runs(self) -> tuple[str, ...]:
        """The ids of its runs, each once, in the order of its cells."""
        return tuple(dict.fromkeys(cell.run.id for cell in self.trained))

    def recordings(self) -> Iterator[tuple[str, Recording]]:
        """The recording that it needs of each of its runs, cell by cell."""
        for cell in self.trained:
            yield (
                cell.run.id,
                Recording(
                    points=(cell.points,),
                    probes=self.probes,
                    keep=self.keep,
                    metrics=tuple(cell.settings.trainer.declared),
                ),
            )

    def measured(self) -> list[Trained]:
        """The cells of whose runs more than losses and accuracies is measured."""
        return [cell for cell in self.trained if self.probes or cell.run.settings.trainer.declared]

    def found(self, variant: str) -> list[str]:
        """The names of the results of a variant's search: one, or one for each block of seeds."""
        if not self.searches[variant].per_seed:
            return [BEST]
        (run,) = [cell.run for cell in self.trained if cell.variant == variant]
        return [run.search.best(block) for block in self.blocks[run.id] if run.search]

    def trial_blocks(self, variant: str) -> list[str]:
        """The blocks of trials of a variant's search."""
        search = self.searches[variant]
        return [
            block
            for best in self.found(variant)
            for block in search.blocks(self.trials_per_job, best)
        ]

    def shown(self, axis: str, point: Any) -> str:
        """A point of an axis as text, with as many digits as tell it from the others."""
        points = [*self.grid.get(axis, ()), point]
        return settings(points)[-1]

    def matched(self) -> list[str]:
        """The requested matched metrics, each once."""
        return sorted({name for name in names_in(self._asked) if matched(name)})

    def gaps(self) -> list[str]:
        """The requested differences between accuracies of two splits, each once."""
        named = {name for name in names_in(self._asked) if name.partition(MATCH)[0] in GAPS}
        drawn = {"gap"} if any(getattr(one, "gap", False) for one in self.figures) else set()
        return sorted(named | drawn)

    def search_metrics(self) -> list[str]:
        """The requested metrics that have one number per repeat, each once."""
        return sorted({name for name in names_in(self._asked) if name in SEARCH_METRICS})

    @property
    def _asked(self) -> list[Any]:
        """The parts of figures, claims and numbers of the source that name metrics."""
        options = [
            figure.model_dump(exclude={"kind", "name", "claim", *WORDS}) for figure in self.figures
        ]
        claimed = [claim.test.metric for claim in self.claims]
        return [*options, *claimed, *(number.metric for number in self.reported), *self.asked]

    def without_words(self, *figures: Any) -> Experiment:
        """The parts that determine its tables and some of its figures, without texts.

        It keeps the claims that are in the titles of these figures.

        Its `repr` is the same in each process, and editing a title or a caption does not change it.

        Args:
            figures: the figures to keep.
        """
        return replace(
            self,
            sources={},
            changes={},
            title="",
            question="",
            cites="",
            text="",
            topic="",
            optional=False,
            figures=tuple(one.model_copy(update=dict.fromkeys(WORDS, "")) for one in figures),
            claims=tuple(
                claim.without_words().model_copy(update={"says": ""})
                for claim in self.claims
                if claim.id in {figure.claim for figure in figures}
            ),
            reported=(),
            looks=None,
            registered={},
            further=(),
            read=(),
            asked=(*self.matched(), *self.search_metrics(), *self.gaps()),
        )
