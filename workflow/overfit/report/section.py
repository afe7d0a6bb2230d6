"""An experiment's section of the page: what its files hold, and which are missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from overfit import figures
from overfit.gradients import words as gradient_words
from overfit.report import found
from overfit.report.diagram import Diagram, diagram
from overfit.report.effort import Effort, effort
from overfit.report.evidence import Evidence, evidence
from overfit.report.found import Found
from overfit.report.picture import data_uri, size
from overfit.report.reported import Beside, beside
from overfit.report.settings import Settings, settings
from overfit.report.summary import Summary, read_summary


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
    best = {}
    for variant, search in plan["searches"].items():
        path = found.best_file(search, results)
        if path.is_file():
            best[variant] = found.best(plan, variant, results)
            here.searches.append(found.found(plan, variant, best[variant]))
        else:
            here.missing.append(_relative(path, results))
    here.beside.extend(beside(plan, home / "summary.csv", best))
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
