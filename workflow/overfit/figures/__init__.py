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

import logging
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overfit.config.contract import ContractError, blaming
from overfit.data.checked import DamagedError, DataError, printable

if TYPE_CHECKING:
    import matplotlib.figure

    from overfit.config.experiment import Experiment
    from overfit.figures.options import BaseFigure
    from overfit.results import Results

__all__ = ["alt", "caption", "draw", "draw_or_say", "save"]
log = logging.getLogger("overfit")


def draw(experiment: Experiment, figure: BaseFigure, results: Results) -> matplotlib.figure.Figure:
    """Draw a figure of an experiment.

    Args:
        experiment: the experiment.
        figure: one of its figures.
        results: the folder of results.

    A panel in which nothing was drawn says so.

    Raises:
        DataError: a result is damaged or does not fit, or the kind failed: one line, with the file
            and line of the kind.
        FileNotFoundError: a result is missing.
    """
    from overfit.figures.theme import themed
    from overfit.figures.titles import message, put_title
    from overfit.figures.toolkit import say_where_empty

    # Matplotlib would read text between two dollars as a formula.
    labels = {variant: _literal(_short(label)) for variant, label in experiment.labels.items()}
    options = {name: _literal(getattr(figure, name)) for name in type(figure).model_fields}
    literal = replace(experiment, labels=labels), figure.model_copy(update=options)
    with themed():
        drawn: matplotlib.figure.Figure = _call(figure, "draw", *literal, results)
        if figure.claim and (title := message(literal[0], figure, results)):
            put_title(drawn, title)
        say_where_empty(drawn, "trial" if "trials" in figure.reads else "network")
    return drawn


def draw_or_say(
    experiment: Experiment, figure: BaseFigure, results: Results
) -> matplotlib.figure.Figure:
    """Draw a figure, or a panel that says why it can't be drawn: it is not to cost the page.

    The reason is the last line of the log.

    Raises:
        DamagedError: a result is damaged; made again, it can be drawn.
        FileNotFoundError: a result is missing.
    """
    try:
        return draw(experiment, figure, results)
    except DamagedError:
        raise
    except DataError as error:
        from overfit.figures import toolkit
        from overfit.figures.theme import themed
        from overfit.figures.words import wrapped

        if error.__cause__:
            log.info("the kind of figure failed", exc_info=error.__cause__)
        log.error("%s", reason := printable(str(error)))
        with themed():
            drawn, [panel] = toolkit.small_multiples(1, 1, 1.0)
            toolkit.say(panel, wrapped(_literal(f"This figure can't be drawn: {reason}"), 56))
            panel.set_axis_off()
        return drawn


def save(figure: matplotlib.figure.Figure, stem: Path | str) -> None:
    """Write `{stem}.svg` and `{stem}.png` (200 dots per inch), the same bytes each time."""
    from overfit.figures.theme import save_both

    save_both(figure, Path(stem))


def caption(experiment: Experiment, figure: BaseFigure) -> str:
    """The caption of a figure; that of the experiment comes first."""
    words = _said(experiment, figure, "caption")
    return f"{figure.caption.strip()} {words}" if figure.caption else words


def alt(experiment: Experiment, figure: BaseFigure) -> str:
    """One sentence that describes the figure to readers who cannot see it."""
    return _said(experiment, figure, "alt")


def _call(figure: BaseFigure, function: str, *arguments: Any) -> Any:
    """Call a function of the file of a figure's kind; it is where its options are."""
    kind = sys.modules[type(figure).__module__]
    try:
        with blaming(Path(str(kind.__file__))):
            return getattr(kind, function)(*arguments)
    except ContractError as error:
        cause = error.__cause__
        raise cause if isinstance(cause, DataError | OSError) else DataError(str(error)) from cause


def _said(experiment: Experiment, figure: BaseFigure, function: str) -> str:
    """A text about a figure, or why there is none: a page is there for its other texts, too."""
    try:
        return str(_call(figure, function, experiment, figure))
    except DataError as error:
        return f"This figure has no {function}: {error}."


def _short(name: str) -> str:
    """A name of up to 60 characters, without its middle if it is longer."""
    if len(name) <= 60:
        return name
    return f"{name[:38].rsplit(' ', 1)[0]} … {name[-19:].split(' ', 1)[-1]}"


def _literal(value: Any) -> Any:
    """The same value with its dollars escaped."""
    if isinstance(value, str):
        return value.replace("$", r"\$")
    if isinstance(value, Mapping):
        return {_literal(key): _literal(inner) for key, inner in value.items()}
    return tuple(_literal(inner) for inner in value) if isinstance(value, tuple) else value
