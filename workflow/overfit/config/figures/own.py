"""Kinds of figures that stand in one module of `overfit.figures.kinds`, options and all."""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

from overfit.config.contract import ContractError, load
from overfit.config.figures.figure import BaseFigure
from overfit.figures import KINDS_FOLDER, available_kinds


def own_kinds(known: Collection[str]) -> dict[str, type[BaseFigure]]:
    """The options of all kinds but the known ones, by name.

    Raises:
        ContractError: a file doesn't keep the contract of its folder.
    """
    return {name: _options(name) for name in available_kinds() if name not in known}


def _options(name: str) -> type[BaseFigure]:
    file = KINDS_FOLDER / f"{name}.py"
    module = load(f"overfit.figures.kinds.{name}", file)
    options = getattr(module, "OPTIONS", None)
    if mistake := _mistake(name, module, options):
        raise ContractError(file, mistake)
    return options  # type: ignore[return-value]  # has been checked


def _mistake(name: str, module: object, options: object) -> str | None:
    if not (isinstance(options, type) and issubclass(options, BaseFigure)):
        return "has no OPTIONS; write OPTIONS = the model of its options, a BaseFigure"
    kind = options.model_fields.get("kind")
    if kind is None or get_args(kind.annotation) != (name,):
        return f'{options.__name__} must have the field kind: Literal["{name}"]'
    if not getattr(options, "reads", None):
        return f'{options.__name__} must say what it reads, such as reads = ("metrics",)'
    missing = [part for part in ("draw", "caption", "alt") if not hasattr(module, part)]
    return f"has no {', '.join(missing)}; see overfit.figures" if missing else None
