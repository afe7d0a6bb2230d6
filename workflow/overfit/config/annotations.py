"""Looking into the types of models."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from overfit.config.problems import Path


def fields_at(model: Any, location: Path) -> list[str]:
    """The keys that the model, or the union of models, allows at the location of an error.

    A step in angle brackets is the tag of the union's member that was chosen.
    """
    found: list[Any] = [model]
    for step in location:
        found = [inner for kind in found for member in members(kind) for inner in _at(member, step)]
    models = [bare(member) for kind in found for member in members(kind)]
    return [name for kind in models if is_model(kind) for name in kind.model_fields]


def members(kind: Any) -> list[Any]:
    """The members of a union, still with their tags; the type itself if it is none."""
    if get_origin(bare(kind)) in (Union, UnionType):
        return [member for inner in get_args(bare(kind)) for member in members(inner)]
    return [kind]


def bare(kind: Any) -> Any:
    """A type without its annotations."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def is_model(kind: Any) -> bool:
    """Whether the type is a model."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _at(kind: Any, step: str | int) -> list[Any]:
    if isinstance(step, str) and step[:1] == "<":
        return [bare(kind)] if Tag(step) in get_args(kind)[1:] else []
    kind = bare(kind)
    if is_model(kind):
        return [kind.model_fields[step].annotation] if step in kind.model_fields else []
    return [inner for inner in get_args(kind)[-2:] if inner not in (str, ...)]
