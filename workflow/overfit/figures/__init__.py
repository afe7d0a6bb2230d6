"""Figures: one file per kind in `kinds`, and one theme for all.

The file of a kind has the model of its options (see `overfit.figures.options`) and

    draw(experiment: Experiment, figure: Options, results: Results) -> Figure
    caption(experiment: Experiment, figure: Options) -> str
    alt(experiment: Experiment, figure: Options) -> str

where `figure` is one of the experiment's figures, with its options. Import
Matplotlib, pandas and NumPy inside functions: every reading of the configuration imports the file.
To add a kind, add a file; see docs/howto/extend.md.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import matplotlib.figure

    from overfit.config.experiment import Experiment
    from overfit.figures.options import BaseFigure
    from overfit.results import Results

__all__ = ["alt", "caption", "draw", "save"]


def draw(experiment: Experiment, figure: BaseFigure, results: Results) -> matplotlib.figure.Figure:
    """Draw a figure of an experiment.

    Args:
        experiment: the experiment.
        figure: one of its figures.
        results: the folder of results.

    Raises:
        ValueError: there is too much to draw, or nothing.
        FileNotFoundError: a result is missing.
    """
    from overfit.figures.theme import themed

    # Matplotlib would read text between two dollars as a formula.
    labels = {variant: _literal(label) for variant, label in experiment.labels.items()}
    options = {name: _literal(getattr(figure, name)) for name in type(figure).model_fields}
    with themed():
        drawn: matplotlib.figure.Figure = _kind(figure).draw(
            replace(experiment, labels=labels), figure.model_copy(update=options), results
        )
    return drawn


def save(figure: matplotlib.figure.Figure, stem: Path | str) -> None:
    """Write `{stem}.svg` and `{stem}.png` (200 dots per inch), the same bytes each time."""
    from overfit.figures.theme import save_both

    save_both(figure, Path(stem))


def caption(experiment: Experiment, figure: BaseFigure) -> str:
    """What a figure shows and how to read it; the experiment's own caption comes first."""
    words: str = _kind(figure).caption(experiment, figure)
    return f"{figure.caption.strip()} {words}" if figure.caption else words


def alt(experiment: Experiment, figure: BaseFigure) -> str:
    """One sentence that describes the figure to readers who cannot see it."""
    words: str = _kind(figure).alt(experiment, figure)
    return words


def _kind(figure: BaseFigure) -> ModuleType:
    """The file of a figure's kind: where its options are."""
    return sys.modules[type(figure).__module__]


def _literal(value: Any) -> Any:
    """The same value with its dollars escaped."""
    if isinstance(value, str):
        return value.replace("$", r"\$")
    if isinstance(value, Mapping):
        return {_literal(key): _literal(inner) for key, inner in value.items()}
    return tuple(_literal(inner) for inner in value) if isinstance(value, tuple) else value
