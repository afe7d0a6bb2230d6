"""The kinds of figures, found in the files of `overfit.figures.kinds`."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, get_args

from overfit.config.contract import ContractError, defined, files, load
from overfit.config.model import one_of
from overfit.figures.options import BaseFigure

PACKAGE = "overfit.figures.kinds"
OLD = "def draw(plan"
CHANGED = (
    "draw(plan, figure, results) is now draw(experiment, figure, results): write experiment.seeds "
    'for plan["seeds"], experiment.labels[variant] for label(plan, variant), figure.metric for '
    'figure["options"]["metric"], and import BaseFigure and GridFigure from '
    "overfit.figures.options; see docs/howto/extend.md"
)


def kinds(package: str = PACKAGE) -> dict[str, type[BaseFigure]]:
    """The model of the options of each kind, by the name of its file.

    Raises:
        ContractError: a file is not a kind of figure.
    """
    return {name: _options(f"{package}.{name}", file) for name, file in files(package).items()}


def _options(name: str, file: Path) -> type[BaseFigure]:
    if OLD in file.read_text(encoding="utf-8"):
        raise ContractError(file, CHANGED)
    module = load(name, file)
    options = defined(module, BaseFigure)
    if mistake := _mistake(file.stem, module, options):
        raise ContractError(file, mistake)
    return options


def _mistake(name: str, module: ModuleType, options: type[BaseFigure]) -> str | None:
    kind = options.model_fields.get("kind")
    if kind is None or get_args(kind.annotation) != (name,):
        return f'{options.__name__} must have the field kind: Literal["{name}"]'
    if not getattr(options, "reads", None):
        return f'{options.__name__} must define what it reads, such as reads = ("metrics",)'
    missing = [part for part in ("draw", "caption", "alt") if not hasattr(module, part)]
    return f"has no {', '.join(missing)}; see overfit.figures" if missing else None


KINDS = kinds()

if TYPE_CHECKING:
    Figure = BaseFigure
else:
    Figure = one_of(KINDS, "kind", "kind of figure")
