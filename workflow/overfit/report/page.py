"""The report: one HTML page that contains everything it shows and loads nothing else."""

from __future__ import annotations

import json
import logging
import re
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from overfit.claims.verdict import VERDICTS, Effect, is_corrected
from overfit.config.experiment import Experiment
from overfit.data.checked import DamagedError, printable, whole
from overfit.metrics.axes import key_in_words
from overfit.metrics.format import duration, number, setting, stamp
from overfit.report.downloads import Download, download, packed
from overfit.report.explorer import Explorer, explorer
from overfit.report.failures import Failure
from overfit.report.ledger import Evidence, Rows, findings, read_rows, scales, shared_source
from overfit.report.provenance import Provenance
from overfit.report.replications import matrix
from overfit.report.section import Section, count_networks, gradient_check, section
from overfit.results import Results

TEMPLATES = Path(__file__).with_name("templates")
"""Folder of page.html.j2, its parts, style sheets and scripts."""


def render(
    experiments: Sequence[Experiment],
    results: Results,
    provenance: Provenance | DamagedError,
    topics: Sequence[str] = (),
    failed: Sequence[Failure] = (),
    left_out: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Render results/report.html.

    The page depends only on the arguments and on the files in `results`, not on time or network. It
    names results that don't exist or are damaged, and shows everything else. A page that is too
    large causes a warning that names its largest parts.

    Args:
        experiments: The experiments, in the order in which they are shown.
        results: The results; links on the page are relative to their folder.
        provenance: What `collect` returned or `read_provenance` read.
        topics: The topics that come first, in this order.
        failed: The failed jobs, if the workflow did not finish.
        left_out: Titles of the experiments that were not selected, by their names.
    """
    rows: Rows | DamagedError = whole(results.claims, read_rows) if results.claims.is_file() else {}
    known = {} if isinstance(rows, DamagedError) else rows
    common = scales(effects_of(experiments, known))
    sections = [
        section(
            one,
            known,
            results,
            {run for other in experiments if other is not one for run in other.runs},
            common,
        )
        for one in experiments
    ]
    full = [one for one in sections if not one.empty]
    grouped = by_topic([one for one in full if not one.experiment.replicates], topics)
    again = [one for one in full if one.experiment.replicates]
    claims = [claim for topic in grouped for claim in topic.claims]
    repeated = [claim for one in again for claim in one.claims]
    gradients = gradient_check(results)
    script = _markup("page.js")
    explored = _explorer(experiments, results, known)
    work = shared_source(claims)
    shown = explored if isinstance(explored, Explorer) else None
    scripts = [script, *(shown.scripts if shown else ())]
    parts = [rows, gradients, provenance, *(shown.damaged if shown else ())]
    parts += [one for each in sections for one in each.damaged]
    damaged = {one.path: one for one in parts if isinstance(one, DamagedError)}
    return warned(
        _environment()
        .get_template("page.html.j2")
        .render(
            topics=grouped,
            sections=[one for topic in grouped for one in topic.sections],
            rows=rows,
            damaged=list(damaged.values()),
            failed=failed,
            left_out=left_out,
            incomplete=[one for one in sections if one.missing],
            claims=claims,
            findings=findings([topic.claims for topic in grouped]),
            strip=next(
                (
                    drawn
                    for topic in grouped
                    for one in topic.sections
                    for drawn in one.figures
                    if drawn.kind == STRIP
                ),
                None,
            ),
            book=[one for one in claims if work and one.cites.startswith(work)],
            source_of=partial(source_of, work=work),
            statuses=list(dict.fromkeys(one.status for one in claims)),
            numbered=Numbered(),
            datasets={name: read for one in sections for name, read in one.read.items()},
            downloads=_downloads(results, provenance),
            corrected=any(is_corrected(row["basis"]) for row in known.values()),
            work=work,
            replications=matrix(experiments, [*claims, *repeated], known),
            again=again,
            repeated=repeated,
            counts={verdict: sum(c.verdict == verdict for c in claims) for verdict in VERDICTS},
            verdicts=VERDICTS,
            networks=count_networks(
                [one.experiment for topic in grouped for one in topic.sections]
            ),
            provenance=provenance,
            gradients=gradients,
            explorer=explored,
            style=_markup("style.css"),
            script=script,
            script_digests=[_digest(one) for one in scripts],
        )
    )


STRIP = "digits"
"""The kind of figure that shows the data; the first one is repeated on the first screen."""


class Numbered:
    """Numbers figures and tables in the order in which the page shows them."""

    def __init__(self) -> None:
        self._last: Counter[str] = Counter()

    def __call__(self, what: str) -> str:
        """The next one: `Figure 1`."""
        self._last[what] += 1
        return f"{what} {self._last[what]}"


def effects_of(
    experiments: Sequence[Experiment], rows: Rows
) -> Iterator[tuple[Effect, tuple[float, float, float]]]:
    """The effects of all claims that have a row, with the estimate and the interval."""
    for one in experiments:
        for claim in one.claims:
            if row := rows.get((one.name, claim.id)):
                yield claim.test.effect, (row["estimate"], row["ci_low"], row["ci_high"])


def source_of(claim: Evidence, work: str) -> str:
    """The kind of source of a claim, for the filter: `book`, `other` or `own`."""
    if not claim.cites:
        return "own"
    return "book" if work and claim.cites.startswith(work) else "other"


def _explorer(
    experiments: Sequence[Experiment], results: Results, rows: Rows
) -> Explorer | str | None:
    """The explorer, or why it can't be made, which costs the page nothing else."""
    try:
        return explorer(experiments, results, rows)
    except Exception as error:  # whatever is wrong with one of many files
        log.exception("the explorer can't be made")
        return printable(f"{type(error).__name__}: {error}")


def _downloads(results: Results, provenance: Provenance | DamagedError) -> list[Download]:
    """The verdicts and the provenance."""
    found = []
    if results.claims.is_file():
        name, origin = "claims.csv", results.named(results.claims)
        found.append(whole(results.claims, partial(download, name=name, origin=origin)))
    if not isinstance(provenance, DamagedError):
        text = json.dumps(provenance, indent=2, default=str)
        found.append(packed(text.encode(), "provenance.json", results.named(results.provenance)))
    return [one for one in found if isinstance(one, Download)]


def _markup(name: str) -> Markup:
    """A style sheet or script of the templates, unescaped."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704


def _digest(script: str) -> str:
    """The digest with which the page's policy allows a script."""
    return b64encode(sha256(script.encode()).digest()).decode("ascii")


@cache
def _environment() -> Environment:
    """The templates: all text is escaped, and an unknown name is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    environment.tests["damaged"] = lambda value: isinstance(value, DamagedError)
    environment.filters["duration"] = duration
    environment.filters["named"] = key_in_words
    environment.filters["setting"] = setting
    environment.filters["stamp"] = stamp
    return environment


OTHER = "Other experiments"


@dataclass(frozen=True)
class Topic:
    """Experiments on one topic."""

    name: str
    anchor: str
    sections: list[Section]

    @property
    def claims(self) -> list[Evidence]:
        """Their claims."""
        return [claim for one in self.sections for claim in one.claims]


def by_topic(sections: Sequence[Section], order: Sequence[str]) -> list[Topic]:
    """Group experiments by topic.

    Args:
        sections: the experiments; within a topic they keep their order.
        order: topics that come first, in this order; others follow by name, and finally the
            experiments without a topic.
    """
    named: dict[str, list[Section]] = {}
    for one in sections:
        named.setdefault(one.experiment.topic.strip() or OTHER, []).append(one)
    known = {name: place for place, name in enumerate(order)}
    names = sorted(named, key=lambda name: (name == OTHER, known.get(name, len(known)), name))
    return [
        Topic(name, f"topic-{place}-{_slug(name)}".rstrip("-"), named[name])
        for place, name in enumerate(names)
    ]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]


log = logging.getLogger("overfit")

LIMIT = 10_000_000
"""The largest page, in bytes, that is still easy to send."""
MOST = 5
"""The number of parts that the warning names."""
_FIGURE = re.compile(r'<img src="(data:[^"]*)"[^>]*?data-origin="([^"]*)"')
_DOWNLOAD = re.compile(r'href="(data:[^"]*)"[^>]*?data-origin="([^"]*)"')
_SCRIPT = re.compile(r"<script[^>]*?(?: id=\"([^\"]*)\")?>(.*?)</script>", re.DOTALL)
_NAMES = {"explorer-data": "the explorer's data", "": "scripts of the page"}


def too_heavy(page: str, limit: int = LIMIT) -> str:
    """The warning about a page that is larger than `limit` bytes; "" for any other page."""
    size = len(page.encode())
    if size <= limit:
        return ""
    heaviest = sorted(parts(page), key=lambda part: -part[1])[:MOST]
    named = ", ".join(f"{name} ({_megabytes(weight)})" for name, weight in heaviest)
    return (
        f"the report has {_megabytes(size)}, more than {_megabytes(limit)}: it is slow to open and "
        f"to send. Most of it: {named}. Select fewer figures or experiments"
    )


def parts(page: str) -> Iterator[tuple[str, int]]:
    """The figures, downloads, scripts and the text of a page, each with its size in bytes."""
    rest = len(page.encode())
    for pattern in (_FIGURE, _DOWNLOAD):
        for source, origin in pattern.findall(page):
            rest -= (size := len(source.encode()))
            yield origin, size
    for name, script in _SCRIPT.findall(page):
        rest -= (size := len(script.encode()))
        yield _NAMES.get(name, name), size
    yield "text and tables", rest


def warned(page: str) -> str:
    """Return the page unchanged; warn in the log and on the terminal if it is too large."""
    if message := too_heavy(page):
        log.warning(message)
        print(f"Warning: {message}", file=sys.stderr)  # people read logs only when a job fails
    return page


def _megabytes(size: int) -> str:
    return f"{number(size / 1e6, decimals=1)} MB"
