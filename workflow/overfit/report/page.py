"""The report: one HTML page that holds everything it shows and asks for nothing else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from overfit.report.evidence import VERDICTS, failing, read_claims, shared_source
from overfit.report.explorer import explorer
from overfit.report.failures import Failure
from overfit.report.reasons import HOLM
from overfit.report.section import gradient_check, networks, section
from overfit.report.topics import by_topic
from overfit.report.units import duration, setting, stamp
from overfit.report.weight import warned


def render(
    plans: Sequence[Mapping[str, Any]],
    results: Path,
    template_dir: Path,
    provenance: Mapping[str, Any],
    sources: Mapping[str, str],
    failed: Sequence[Failure] = (),
    left_out: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Render results/report.html.

    The text depends on the arguments and on the files below `results` alone: no clock, no network.
    Results that do not exist are named on the page and skipped. A page that is too large is said to
    be, with what takes most of it.

    Args:
        plans: The experiments' plans, in the order in which they are shown.
        results: The folder of results; links on the page are relative to it.
        template_dir: Folder of page.html.j2, its parts, style sheets and scripts.
        provenance: What `overfit.report.collect` returned.
        sources: The YAML text of each experiment, by its name.
        failed: The jobs that failed, where the workflow did not finish.
        left_out: Titles of the experiments that were not asked for, by their names.
    """
    ledger = results / "claims.csv"
    rows = read_claims(ledger) if ledger.is_file() else {}
    runs = {plan["experiment"]: {cell["run"] for cell in plan["cells"]} for plan in plans}
    sections = [
        section(
            plan,
            rows,
            results,
            sources.get(plan["experiment"], ""),
            set().union(*(own for name, own in runs.items() if name != plan["experiment"])),
        )
        for plan in plans
    ]
    topics = by_topic(
        [one for one in sections if not one.empty], provenance["config"].get("topics", ())
    )
    claims = [claim for topic in topics for claim in topic.claims]
    script = Markup((template_dir / "page.js").read_text(encoding="utf-8"))  # noqa: S704
    explored = explorer(plans, results, template_dir)
    scripts = [script, *(explored.scripts if explored else ())]
    return warned(
        _environment(template_dir)
        .get_template("page.html.j2")
        .render(
            topics=topics,
            sections=[one for topic in topics for one in topic.sections],
            failed=failed,
            left_out=left_out,
            incomplete=[one for one in sections if one.missing],
            claims=claims,
            failing=failing(claims),
            corrected=any(HOLM in row["basis"] for row in rows.values()),
            work=shared_source(claims),
            counts={verdict: sum(c.verdict == verdict for c in claims) for verdict in VERDICTS},
            verdicts=VERDICTS,
            networks=networks([one.plan for one in sections if not one.empty]),
            provenance=provenance,
            gradients=gradient_check(results),
            explorer=explored,
            style=_style(template_dir),
            script=script,
            script_digests=[_digest(one) for one in scripts],
        )
    )


def _style(template_dir: Path) -> Markup:
    sheets = ("style.css", "explorer.css")
    texts = [(template_dir / sheet).read_text(encoding="utf-8") for sheet in sheets]
    return Markup("\n".join(texts))  # noqa: S704


def _digest(script: str) -> str:
    """What the page's policy knows a script by."""
    return b64encode(sha256(script.encode()).digest()).decode("ascii")


def _environment(template_dir: Path) -> Environment:
    """Everything is escaped, and a name that does not exist is an error."""
    environment = Environment(
        loader=FileSystemLoader(template_dir),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["duration"] = duration
    environment.filters["setting"] = setting
    environment.filters["stamp"] = stamp
    return environment
