"""An experiment's section of the page: what its files hold, and which are missing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from overfit import figures
from overfit.gradients import words as gradient_words
from overfit.report.evidence import Evidence, evidence
from overfit.report.settings import Settings, flatten, settings
from overfit.report.summary import Summary, read_summary
from overfit.report.units import setting


@dataclass(frozen=True)
class Drawing:
    """A figure, its picture embedded."""

    name: str
    source: str
    alt: str
    caption: str
    link: str


@dataclass(frozen=True)
class Found:
    """What a search looked for and what it found: rows of (key, space, best value)."""

    label: str
    method: str
    trials: int
    objective: str
    rows: list[tuple[str, str, str]]


@dataclass
class Section:
    """One experiment as the page shows it. `missing` names files that should be there."""

    plan: Mapping[str, Any]
    settings: Settings
    networks: int
    summary: Summary | None = None
    drawings: list[Drawing] = field(default_factory=list)
    claims: list[Evidence] = field(default_factory=list)
    searches: list[Found] = field(default_factory=list)
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
) -> Section:
    """Gather an experiment's results; whatever does not exist is named and left out.

    Args:
        plan: The experiment's plan.
        rows: The rows of results/claims.csv by (experiment, claim).
        results: The folder of results, which the page stands in.
        source: The experiment's YAML text, "" if it is not at hand.
    """
    home = results / "experiments" / plan["experiment"]
    here = Section(plan=plan, settings=settings(plan), networks=networks([plan]), source=source)

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
    for variant, search in plan["searches"].items():
        path = results / "searches" / search["search"] / search["method"] / "best.yaml"
        if path.is_file():
            here.searches.append(_found(plan["variants"][variant]["label"], search, path))
        else:
            here.missing.append(_relative(path, results))
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
            trials[search["search"], search["method"]] = int(search["trials"])
    return sum(seeds.values()) + sum(trials.values())


def gradient_check(results: Path) -> Drawing | None:
    """The figure of the gradient check, if it was made."""
    path = results / "gradient_check" / "gradient_check.svg"
    if not path.is_file():
        return None
    return Drawing(
        name="gradient_check",
        source=_embedded(path),
        alt=gradient_words.ALT,
        caption=gradient_words.CAPTION,
        link=_link(path, results),
    )


def _embedded(path: Path) -> str:
    """A figure as a data URI for an image element.

    As an image, not as inline SVG: the ids of one figure cannot meet those of another, its style
    stays its own, and nothing inside it can run.
    """
    return f"data:image/svg+xml;base64,{b64encode(path.read_bytes()).decode('ascii')}"


def _drawing(
    plan: Mapping[str, Any], figure: Mapping[str, Any], path: Path, results: Path
) -> Drawing:
    return Drawing(
        name=figure["name"],
        source=_embedded(path),
        alt=figures.alt(plan, figure),
        caption=figures.caption(plan, figure),
        link=_link(path, results),
    )


def _found(label: str, search: Mapping[str, Any], path: Path) -> Found:
    best = dict(flatten(yaml.safe_load(path.read_text(encoding="utf-8")) or {}))
    goal = ", ".join(f"{verb} {what}" for verb, what in search["objective"].items())
    return Found(
        label=label,
        method=search["method"].replace("_", " "),
        trials=search["trials"],
        objective=goal.replace("_", " "),
        rows=[
            (key, _space(space), setting(best[key]) if key in best else "not recorded")
            for key, space in search["space"].items()
        ],
    )


def _space(space: Any) -> str:
    if not isinstance(space, Mapping):
        return setting(space)
    return "; ".join(
        f"{kind.replace('_', ' ')}, "
        + (
            " to ".join(map(setting, ends))
            if len(ends) == 2 and kind != "choice"
            else setting(ends)
        )
        for kind, ends in space.items()
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
