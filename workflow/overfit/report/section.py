"""An experiment's section of the page: what its files hold, and which are missing."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from markupsafe import Markup

from overfit import figures
from overfit.gradients import words as gradient_words
from overfit.report.ledger import Evidence, evidence
from overfit.report.networks import Diagram, diagram
from overfit.report.settings import Settings, settings
from overfit.report.tables import (
    Beside,
    Found,
    Summary,
    beside,
    best,
    best_file,
    found,
    read_summary,
)


@dataclass(frozen=True)
class Drawing:
    """A figure, its picture embedded; width and height are in pixels."""

    name: str
    source: Markup
    width: int
    height: int
    alt: str
    caption: str
    cites: str
    link: str


@dataclass
class Section:
    """One experiment as the page shows it. `missing` names files that should be there."""

    plan: Mapping[str, Any]
    settings: Settings
    diagram: Diagram
    effort: Effort
    summary: Summary | None = None
    drawings: list[Drawing] = field(default_factory=list)
    claims: list[Evidence] = field(default_factory=list)
    searches: list[Found] = field(default_factory=list)
    beside: list[Beside] = field(default_factory=list)
    tables: list[tuple[str, str]] = field(default_factory=list)
    histories: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    source: str = ""
    missing: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether none of the experiment's results exist."""
        return not (self.summary or self.drawings or self.claims or self.tables)


def section(
    plan: Mapping[str, Any],
    rows: Mapping[tuple[str, str], Mapping[str, str]],
    results: Path,
    source: str,
    others: Collection[str] = (),
) -> Section:
    """Gather an experiment's results; whatever does not exist is named and left out.

    Args:
        plan: The experiment's plan.
        rows: The rows of results/claims.csv by (experiment, claim).
        results: The folder of results, which the page stands in.
        source: The experiment's YAML text, "" if it is not at hand.
        others: The runs of all other experiments.
    """
    home = results / "experiments" / plan["experiment"]
    here = Section(
        plan=plan,
        settings=settings(plan),
        diagram=diagram(plan, results),
        effort=effort(plan, networks([plan]), others, results),
        source=source,
    )

    if (home / "summary.csv").is_file():
        here.summary = read_summary(plan, home / "summary.csv")
    else:
        here.missing.append(_relative(home / "summary.csv", results))
    for figure in plan["figures"]:
        path = home / "figures" / f"{figure['name']}.svg"
        if path.is_file():
            here.drawings.append(_drawing(plan, figure, path, results))
        else:
            here.missing.append(_relative(path, results))
    for claim in plan["claims"]:
        row = rows.get((plan["experiment"], claim["id"]))
        if row:
            here.claims.append(evidence(plan, claim, row))
        else:
            here.missing.append(f"the verdict on {claim['id']} in claims.csv")
    found_best = {}
    for variant, search in plan["searches"].items():
        path = best_file(search, results)
        if path.is_file():
            found_best[variant] = best(plan, variant, results)
            here.searches.append(found(plan, variant, found_best[variant]))
        else:
            here.missing.append(_relative(path, results))
    here.beside.extend(beside(plan, home / "summary.csv", found_best))
    for name in ("summary.csv", "metrics.csv", "claims.csv"):
        if (home / name).is_file():
            here.tables.append((name, _link(home / name, results)))
    here.histories.extend(_histories(plan, results))
    return here


def networks(plans: Sequence[Mapping[str, Any]]) -> int:
    """How many networks the plans train; what they share is trained once."""
    seeds: dict[str, int] = {}
    trials: dict[tuple[str, str], int] = {}
    for plan in plans:
        for cell in plan["cells"]:
            seeds[cell["run"]] = max(int(plan["seeds"]), seeds.get(cell["run"], 0))
        for search in plan["searches"].values():
            trials[search["search"], search["method"]] = int(search["networks"])
    return sum(seeds.values()) + sum(trials.values())


def gradient_check(results: Path) -> Drawing | None:
    """The figure of the gradient check, if it was made."""
    path = results / "gradient_check" / "gradient_check.svg"
    if not path.is_file():
        return None
    svg = path.read_text(encoding="utf-8")
    width, height = size(svg)
    return Drawing(
        name="gradient_check",
        source=data_uri(svg),
        width=width,
        height=height,
        alt=gradient_words.ALT,
        caption=gradient_words.CAPTION,
        cites="",
        link=_link(path, results),
    )


def _drawing(
    plan: Mapping[str, Any], figure: Mapping[str, Any], path: Path, results: Path
) -> Drawing:
    svg = path.read_text(encoding="utf-8")
    width, height = size(svg)
    return Drawing(
        name=figure["name"],
        source=data_uri(svg),
        width=width,
        height=height,
        alt=figures.alt(plan, figure),
        caption=figures.caption(plan, figure),
        cites=figure.get("cites", ""),
        link=_link(path, results),
    )


def _histories(plan: Mapping[str, Any], results: Path) -> list[tuple[str, list[tuple[str, str]]]]:
    listed = []
    for run in dict.fromkeys(cell["run"] for cell in plan["cells"]):
        paths = [results / "runs" / run / f"{block}.parquet" for block in plan["blocks"][run]]
        blocks = [(path.stem, _link(path, results)) for path in paths if path.is_file()]
        if blocks:
            listed.append((run, blocks))
    return listed


def _relative(path: Path, results: Path) -> str:
    return path.relative_to(results).as_posix()


def _link(path: Path, results: Path) -> str:
    return quote(_relative(path, results))


_COORDINATES = re.compile(r' (?:d|points|x|y|x1|x2|y1|y2|cx|cy)="[^"]*"')
_PRECISE = re.compile(r"-?\d+\.\d{3,}")
_NOT_DRAWN = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL
)
_BETWEEN_TAGS = re.compile(r">\s+<")
_SPACE = re.compile(r"\s+")
_OPENING = re.compile(r"<svg\b[^>]*>")
_SIDE = re.compile(r'\s(width|height)="([\d.]+)(pt)?')
_PIXELS = 96 / 72
"""Pixels of a point."""


def data_uri(svg: str) -> Markup:
    """The data URI of a drawing, for an attribute in double quotes.

    As an image, not as inline SVG: the ids of one figure cannot meet those of another, its style
    stays its own, and nothing inside it can run. As text, not as Base64, which is a third longer.
    """
    text = compact(svg).replace("%", "%25").replace("#", "%23")
    quoted = text.replace('"', "%22" if "'" in text else "'")
    return Markup("data:image/svg+xml," + quoted.replace("&", "&amp;"))  # noqa: S704


def size(svg: str) -> tuple[int, int]:
    """Width and height of a drawing in pixels, 0 where it does not say."""
    opening = _OPENING.search(svg)
    sides = {
        side: round(float(length) * (_PIXELS if unit else 1))
        for side, length, unit in _SIDE.findall(opening[0] if opening else "")
    }
    return sides.get("width", 0), sides.get("height", 0)


def compact(svg: str) -> str:
    """A drawing of matplotlib without comments and metadata, coordinates to a hundredth point."""
    drawn = _BETWEEN_TAGS.sub("><", _NOT_DRAWN.sub("", svg))
    rounded = _COORDINATES.sub(lambda found: _PRECISE.sub(_round, found[0]), drawn)
    return _SPACE.sub(" ", rounded).strip()


def _round(number: re.Match[str]) -> str:
    return f"{round(float(number[0]), 2):g}"


@dataclass(frozen=True)
class Effort:
    """The work of an experiment.

    Attributes:
        runs: distinct configurations that are trained.
        shared: how many of them other experiments have, too; they are trained once.
        networks: networks trained, those of searches included.
        jobs: blocks of seeds or trials, a job each.
        timed: how many of these jobs left their time.
        seconds: the time of these, added up.
    """

    runs: int
    shared: int
    networks: int
    jobs: int
    timed: int
    seconds: float


def effort(plan: Mapping[str, Any], networks: int, others: Collection[str], home: Path) -> Effort:
    """The work of an experiment, from its plan and from what Snakemake has measured.

    Args:
        plan: the experiment's plan.
        networks: how many networks it trains.
        others: the runs of all other experiments.
        home: the folder of results, with Snakemake's benchmark files in `benchmarks`.
    """
    files = list(_benchmarks(plan, home / "benchmarks"))
    times = [_seconds(path) for path in files if path.is_file()]
    runs = {cell["run"] for cell in plan["cells"]}
    return Effort(
        runs=len(runs),
        shared=len(runs.intersection(others)),
        networks=networks,
        jobs=len(files),
        timed=len(times),
        seconds=sum(times),
    )


def _benchmarks(plan: Mapping[str, Any], folder: Path) -> Iterator[Path]:
    for run, blocks in plan["blocks"].items():
        for block in blocks:
            yield folder / "train" / run / f"{block}.tsv"
    searches = {(one["search"], one["method"]): one["blocks"] for one in plan["searches"].values()}
    for (search, method), blocks in searches.items():
        for block in blocks:
            yield folder / "search_trials" / search / method / f"{block}.tsv"


def _seconds(path: Path) -> float:
    with open(path, encoding="utf-8", newline="") as lines:
        return sum(float(row["s"]) for row in csv.DictReader(lines, delimiter="\t"))


def source_text(plan: Mapping[str, Any], root: Path = Path()) -> str:
    """The YAML text of an experiment; below it what the configuration changes, what it extends.

    Args:
        plan: the experiment's plan.
        root: the folder that its paths start from.
    """
    own = (root / plan["source"]).read_text("utf-8")
    extended = [f"\n# {file}\n{(root / file).read_text('utf-8')}" for file in plan["extends"]]
    changed = ["\n# changed by the configuration\n", _yaml(plan["changes"])]
    return "".join([own, *(changed if plan["changes"] else []), *extended])


def _yaml(values: Mapping[str, Any]) -> str:
    plain = json.loads(json.dumps(values))
    return str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True))
