"""Figures: one folder of `kinds` for each kind, one theme for all.

A kind is a folder with two modules. `words.py` has `caption(plan, figure)` and `alt(plan, figure)`
and imports nothing that draws; `drawing.py` has `draw(plan, figure, results)`.

A kind of one's own is one module with all three and with `OPTIONS`, the model of its options (see
`overfit.config.figures.figure`); what draws is imported inside of `draw`, since every reading of an
experiment imports the module. A new file is a new kind; nothing else knows its name.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["KINDS_FOLDER", "alt", "available_kinds", "caption", "draw", "save"]


KINDS_FOLDER = Path(__file__).parent / "kinds"


def available_kinds() -> list[str]:
    """The kinds of figures there are."""
    return sorted(module.name for module in pkgutil.iter_modules([str(KINDS_FOLDER)]))


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a figure of an experiment.

    Args:
        plan: the experiment's plan.
        figure: one of the plan's figures.
        results: the folder of results.

    Raises:
        ValueError: the experiment has nothing that this kind can draw, or too much of it.
        FileNotFoundError: a result is missing.
    """
    from overfit.figures.theme import themed

    plan = {**plan, "variants": _literal(plan["variants"])}
    figure = {**figure, "options": _literal(figure["options"])}
    with themed():
        drawn: Figure = _part(figure["kind"], "drawing").draw(plan, figure, results)
    return drawn


def save(figure: Figure, stem: Path | str) -> None:
    """Write `{stem}.svg` and `{stem}.png` (200 dots per inch), the same bytes each time."""
    from overfit.figures.saving import save_both

    save_both(figure, Path(stem))


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What a figure shows and how to read it: the experiment's own words first, if it has any."""
    words: str = _part(figure["kind"], "words").caption(plan, figure)
    return f"{figure['caption'].strip()} {words}" if figure.get("caption") else words


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """A sentence that stands in for the picture where it can't be seen."""
    words: str = _part(figure["kind"], "words").alt(plan, figure)
    return words


def _literal(value: Any) -> Any:
    """Texts of an experiment such that Matplotlib takes no formula out of them between dollars."""
    if isinstance(value, str):
        return value.replace("$", r"\$")
    if isinstance(value, Mapping):
        return {_literal(key): _literal(inner) for key, inner in value.items()}
    return [_literal(inner) for inner in value] if isinstance(value, list) else value


def _part(kind: str, part: str) -> ModuleType:
    if kind not in available_kinds():
        raise ValueError(f"no figure kind {kind!r}; there are {', '.join(available_kinds())}")
    whole = (KINDS_FOLDER / f"{kind}.py").exists()
    if whole:
        # It stands on models of the specification, which looks for such modules in turn: read
        # first, it finds them whole. Other kinds need not wait a seventh of a second for models.
        import overfit.config.figures  # noqa: F401
    return import_module(f"overfit.figures.kinds.{kind}" + ("" if whole else f".{part}"))
