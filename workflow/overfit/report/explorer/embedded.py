"""The explorer as the page holds it: data, charts and scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from overfit.figures.theme import VARIANTS
from overfit.report.explorer.charts import charts
from overfit.report.explorer.data import explored
from overfit.report.explorer.library import library
from overfit.report.explorer.views import described


@dataclass(frozen=True)
class Explorer:
    """What stands in the explorer's section.

    Attributes:
        experiments: titles by name, in the order of the page.
        sliders: how many of them have a hyperparameter to move.
        data: the text of the data block.
        scripts: Vega, and the explorer's own.
    """

    experiments: dict[str, str]
    sliders: int
    data: Markup
    scripts: tuple[Markup, Markup]


def explorer(
    plans: Sequence[Mapping[str, Any]], results: Path, template_dir: Path
) -> Explorer | None:
    """Gather the experiments whose tables exist; None if there are none."""
    found = {plan["experiment"]: explored(plan, results) for plan in plans}
    shown = {name: one for name, one in found.items() if one}
    if not shown:
        return None
    content = {
        **described(),
        "charts": charts(),
        "dashes": [list(style.dashes[1] or [1, 0]) for style in VARIANTS],
        "experiments": shown,
    }
    own = (template_dir / "explorer.js").read_text(encoding="utf-8")
    return Explorer(
        experiments={name: one["title"] for name, one in shown.items()},
        sliders=sum(bool(one["axes"]) for one in shown.values()),
        data=Markup(_block(content)),  # noqa: S704
        scripts=(Markup(library()), Markup(own)),  # noqa: S704
    )


def _block(content: Mapping[str, Any]) -> str:
    """JSON that can stand in a script element: no text in it can end the element."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
