"""The section of one experiment: everything its results contain, and which files are missing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypedDict
from xml.etree import ElementTree

import yaml
from markupsafe import Markup

from overfit import figures
from overfit.claims.table import read_looks
from overfit.claims.verdict import VERDICTS, Verdict
from overfit.config.experiment import Experiment
from overfit.config.problems import listed
from overfit.data.checked import DamagedError, content, whole
from overfit.figures import gradient_check as gradient_words
from overfit.figures.options import Reads
from overfit.metrics.format import setting
from overfit.metrics.tables import read_summary
from overfit.report.diagram import Diagram, card_of, diagram
from overfit.report.downloads import DERIVED, Download, derived, download
from overfit.report.embedded import data_uri, size
from overfit.report.ledger import Evidence, Rows, Scale, ScaleKey, evidence
from overfit.report.provenance import seconds
from overfit.report.settings import Settings, settings
from overfit.report.tables import (
    Beside,
    Cells,
    Found,
    Summary,
    best_values,
    found,
    numbers_of_source,
    summary,
)
from overfit.results import Results

SHOWN = 12
"""The most classes and features of a dataset that are listed."""


@dataclass(frozen=True)
class Drawing:
    """A figure, its picture embedded; width and height are in pixels.

    `data` names the downloads from which it is drawn.
    """

    name: str
    kind: str
    anchor: str
    source: Markup
    width: int
    height: int
    alt: str
    caption: str
    cites: str
    origin: str
    data: tuple[str, ...] = ()


@dataclass(frozen=True)
class Effort:
    """The cost of an experiment.

    Attributes:
        runs: distinct configurations that are trained.
        shared: how many of them other experiments share; they are trained once.
        networks: trained networks, including those of searches.
        jobs: blocks of seeds or trials, one job each.
        timed: how many of these jobs have a recorded time.
        seconds: the sum of these times.
    """

    runs: int
    shared: int
    networks: int
    jobs: int
    timed: int
    seconds: float


@dataclass
class Section:
    """One experiment on the page. `missing` names files that should exist."""

    experiment: Experiment
    settings: Settings
    diagram: Diagram | None
    """None for measurements, whose networks are unknown."""
    effort: Effort
    summary: Summary | DamagedError | None = None
    drawings: list[Drawing | DamagedError] = field(default_factory=list)
    claims: list[Evidence] = field(default_factory=list)
    searches: list[Found | DamagedError] = field(default_factory=list)
    beside: list[Beside] = field(default_factory=list)
    read: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """The contents of each dataset, in pairs of a word and a text."""
    downloads: list[Download | DamagedError] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    """The folders of its runs among the results."""
    missing: list[str] = field(default_factory=list)

    @property
    def source(self) -> str:
        """Its YAML text, then its changes in the configuration, and what it extends.

        Texts are those from which the workflow made its plan.
        """
        own, *extended = self.experiment.sources.items()
        texts = [own[1]]
        if self.experiment.changes:
            plain = json.loads(json.dumps(dict(self.experiment.changes)))
            changes = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
            texts.append(f"\n# changed by the configuration\n{changes}")
        return "".join([*texts, *(f"\n# {file}\n{text}" for file, text in extended)])

    @property
    def damaged(self) -> list[DamagedError]:
        """The files that exist but can't be read."""
        parts = (self.summary, *self.drawings, *self.searches, *self.downloads)
        return [one for one in parts if isinstance(one, DamagedError)]

    @property
    def empty(self) -> bool:
        """Whether none of the experiment's results exist."""
        return not (self.summary or self.drawings or self.claims or self.downloads)

    @property
    def figures(self) -> list[Drawing]:
        """Its figures that can be shown."""
        return [one for one in self.drawings if isinstance(one, Drawing)]

    @property
    def answer(self) -> Evidence | None:
        """The answer to its question: the finding of its first claim that is decided."""
        decided = [one for one in self.claims if one.verdict != "inconclusive"]
        return next(iter([*decided, *self.claims]), None)

    @property
    def counts(self) -> list[tuple[Verdict, int]]:
        """The number of its claims with each verdict."""
        verdicts = [one.verdict for one in self.claims]
        return [(name, verdicts.count(name)) for name in VERDICTS if name in verdicts]


def what_was_read(experiment: Experiment, results: Results) -> dict[str, list[tuple[str, str]]]:
    """The origin and content of each dataset from its card; or those of measurements."""
    if of := experiment.measurements:
        return {of.file: list(experiment.read)}
    names = dict.fromkeys(cell.run.settings.data.dataset for cell in experiment.trained)
    cards = {name: card_of(results.dataset(name).card) for name in names}
    return {name: list(_read(card)) for name, card in cards.items() if "class_counts" in card}


def _read(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("title", "origin", "licence"):
        yield key, card.get(key) or "not given"
    counts = card["class_counts"]
    yield "pool", f"{sum(counts['pool'])} in the pool, {sum(counts['test'])} for testing"
    each = [
        f"{name} {pool} + {test}"
        for name, pool, test in zip(card["names"], *counts.values(), strict=True)
    ]
    yield "classes", listed(each, SHOWN)
    low, high = card["inputs"]["pool"]
    yield "inputs", f"{card['values']}, from {setting(low)} to {setting(high)}"
    features = [
        f"{one['name']} ({one['type']}, {setting(one['lowest'])} to {setting(one['highest'])}"
        + (f", {100 * one['missing']:.3g}% missing)" if one["missing"] else ")")
        for one in card["features"]
    ]
    if features:
        yield "features", listed(features, SHOWN)
    for why, rows in card["left_out"].items():
        yield "left out", f"{rows}: {why}"
    for kind in ("notes", "warnings"):
        for text in card[kind]:
            yield kind.removesuffix("s"), text


def section(
    experiment: Experiment,
    rows: Rows,
    results: Results,
    others: Collection[str] = (),
    common: Mapping[ScaleKey, Scale] = MappingProxyType({}),
) -> Section:
    """Gather an experiment's results; those that don't exist or are damaged are named instead.

    Args:
        experiment: The experiment.
        rows: The rows of results/claims.csv.
        results: The results; links are relative to their folder.
        others: The runs of all other experiments.
        common: The scales of effects.
    """
    files = results.experiment(experiment.name)
    here = Section(
        experiment,
        settings(experiment),
        None if experiment.measurements else diagram(experiment, results),
        effort(experiment, others, results),
        read=what_was_read(experiment, results),
    )

    def exists(path: Path) -> bool:
        if not path.is_file():
            here.missing.append(results.named(path))
        return path.is_file()

    tables = {
        "summary.csv": files.summary,
        "metrics.csv": files.metrics,
        "claims.csv": files.claims,
        "looks.csv": files.looks,
        **({"curves.csv": files.curves} if experiment.curves else {}),
    }
    for name, path in tables.items():
        if path.is_file():
            read_it = partial(download, name=name, origin=results.named(path))
            here.downloads.append(whole(path, read_it))
    here.downloads += derived(experiment, results)
    kept = {one.name.removesuffix(".gz") for one in here.downloads if isinstance(one, Download)}
    cells: Cells = []
    if exists(files.summary):
        read = whole(files.summary, lambda path: read_summary(path, experiment))
        if isinstance(read, DamagedError):
            here.summary = read
        else:
            cells, here.summary = read, summary(experiment, read)
    for figure in experiment.figures:
        if exists(path := files.figure(figure.key)):
            drawn = Drawn(
                name=figure.key,
                kind=figure.kind_name,
                anchor=f"figure-{experiment.name}-{figure.key}",
                alt=figures.alt(experiment, figure),
                caption=figures.caption(experiment, figure),
                cites=figure.cites,
                data=tuple(
                    name
                    for name, reads in DATA_OF.items()
                    if reads in figure.reads and name in kept
                ),
            )
            here.drawings.append(_drawing(path, results, drawn))
    looks = whole(files.looks, read_looks) if files.looks.is_file() else {}
    for claim in experiment.claims:
        if row := rows.get((experiment.name, claim.id)):
            known = [] if isinstance(looks, DamagedError) else looks.get(claim.id, [])
            here.claims.append(evidence(experiment, claim, row, known, common))
        else:
            here.missing.append(f"the verdict on {claim.id} in claims.csv")
    best = {}
    for variant, search in experiment.searches.items():
        names = experiment.found(variant)
        paths = [results.best(search.id, search.method, name) for name in names]
        if len([path for path in paths if exists(path)]) == len(paths):
            read_all = partial(best_values, experiment, variant, results, *paths[1:])
            values = whole(paths[0], read_all)
            if isinstance(values, DamagedError):
                here.searches.append(values)
            else:
                best[variant] = values
                here.searches.append(found(experiment, variant, values))
    here.beside = numbers_of_source(experiment, cells, best)
    for run in experiment.runs:
        folder = results.history(run, "").parent
        if folder.is_dir():
            here.folders.append(results.named(folder))
    return here


def effort(experiment: Experiment, others: Collection[str], results: Results) -> Effort:
    """The cost of an experiment, with the times that Snakemake has measured; see `section`."""
    files = list(dict.fromkeys(_benchmarks(experiment, results)))
    times = [time for path in files if (time := seconds(path)) is not None]
    return Effort(
        runs=len(experiment.runs),
        shared=len(set(experiment.runs).intersection(others)),
        networks=count_networks([experiment]),
        jobs=len(files),
        timed=len(times),
        seconds=sum(times),
    )


def count_networks(experiments: Sequence[Experiment]) -> int:
    """The number of networks that the experiments train; shared ones count once."""
    networks: set[tuple[str, int]] = set()
    trials: dict[tuple[str, str], int] = {}
    for experiment in experiments:
        for run in experiment.runs:
            networks |= {(run, seed) for seed in experiment.members}
        for search in experiment.searches.values():
            trials[search.id, search.method] = search.networks
    return len(networks) + sum(trials.values())


def _benchmarks(experiment: Experiment, results: Results) -> Iterator[Path]:
    for run, blocks in experiment.blocks.items():
        for block in blocks:
            yield results.benchmark("train", run, block)
    for variant, search in experiment.searches.items():
        for block in experiment.trial_blocks(variant):
            yield results.benchmark("search_trials", search.id, search.method, block)


DATA_OF: Mapping[str, Reads] = {
    "metrics.csv": "metrics",
    "curves.csv": "histories",
    **{name: reads for name, (reads, _) in DERIVED.items()},
}
"""The downloads with the data of figures, and what the kinds of these figures read."""


class Drawn(TypedDict):
    """The words of a drawing."""

    name: str
    kind: str
    anchor: str
    alt: str
    caption: str
    cites: str
    data: tuple[str, ...]


def gradient_check(results: Results) -> Drawing | DamagedError | None:
    """The figure of the gradient check, if it exists."""
    path = results.gradients.figure()
    if not path.is_file():
        return None
    words = Drawn(
        name="gradient_check", kind="", anchor="figure-gradient_check", alt=gradient_words.ALT,
        caption=gradient_words.CAPTION, cites="", data=(),
    )  # fmt: skip
    return _drawing(path, results, words)


def _drawing(path: Path, results: Results, words: Drawn) -> Drawing | DamagedError:
    svg = whole(path, _well_formed)
    if isinstance(svg, DamagedError):
        return svg
    width, height = size(svg)
    return Drawing(
        source=data_uri(svg), width=width, height=height, origin=results.named(path), **words
    )


def _well_formed(path: Path) -> str:
    """The text of an SVG that a browser can draw: one that stops early shows nothing."""
    svg = content(path).decode("utf-8")
    ElementTree.fromstring(svg)  # noqa: S314, our own drawing, and expat limits entities
    return svg
