"""The settings of parts that stand in files of their own, from the fields of their classes.

See `overfit.parts`. A field's annotation gives the bounds, its default the default, and the string
below it the meaning, as in the models that are written out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BeforeValidator, Field, create_model, model_serializer

from overfit import parts
from overfit.config.contract import ContractError, blaming
from overfit.config.docstrings import attribute_docstrings
from overfit.config.model import Model, Number, bare, switch
from overfit.metrics.table import probe_files

M = TypeVar("M", bound=Model)
_PLAIN = get_args(Number)[1:]


class Named(Model):
    """One of several kinds."""

    name: str


class ByName(Named):
    """A kind without settings, which is written as its name alone."""

    @model_serializer
    def _as_name(self) -> str:
        return self.name


def with_own(
    kind: str,
    known: Mapping[str, type[Named]],
    base: type[Named],
    *,
    by_name: type[Named] | None = None,
) -> dict[str, type[Named]]:
    """The models of a part that comes in several kinds: those known, and those in files.

    Args:
        kind: the folder of `overfit.parts`.
        known: the models that are written out, by name.
        base: what the models have in common; its fields are not looked for in the class.
        by_name: the base of kinds without settings, if they have another.
    """
    found = dict(known)
    for name in parts.names(kind):
        _refuse(kind, name, known)
        kind_of_name: Any = Literal[name]
        with blaming(parts.files(kind)[name]):
            own = _fields(kind, name, base)
            found[name] = create_model(
                parts.part(kind, name).__name__,
                __base__=base if own or by_name is None else by_name,
                __doc__=_doc(kind, name),
                name=(kind_of_name, ...),
                **own,
            )
    return found


def open_to(kind: str, *reserved: str) -> Callable[[type[M]], type[M]]:
    """A decorator of models: each part of a kind is one more key, off by default.

    Args:
        kind: the folder of `overfit.parts`.
        reserved: names that no part may have, beside those of the model's own keys.
    """

    def extended(model: type[M]) -> type[M]:
        fields: dict[str, Any] = {}
        for name in parts.names(kind):
            _refuse(kind, name, [*model.model_fields, *reserved])
            with blaming(parts.files(kind)[name]):
                fields[name] = _off_by_default(kind, name)
        if not fields:
            return model
        fields |= {"__module__": model.__module__, "__doc__": model.__doc__}
        return create_model(model.__name__, __base__=model, **fields)

    return extended


@cache
def settings_model(kind: str, name: str) -> type[Model]:
    """The model of a part's settings, for parts that are a key of their own."""
    found = parts.part(kind, name)
    return create_model(
        found.__name__, __base__=Model, __doc__=_doc(kind, name), **_fields(kind, name, Model)
    )


def files_of(spec: Model) -> list[Path]:
    """The files of the parts and probes that a specification names, wherever it names them.

    A new file is none of an old run's, which therefore is not trained again.
    """
    named = set(_names(spec.model_dump(mode="json", exclude_defaults=True)))
    return [file for file in _all_files() if file.stem in named]


@cache
def _all_files() -> list[Path]:
    files = [file for kind in parts.METHODS for file in parts.files(kind).values()]
    return [*files, *probe_files().values()]


def _names(value: Any) -> Iterable[str]:
    """All keys and texts of nested values; dotted keys step by step."""
    if isinstance(value, str):
        yield from value.split(".")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _names(key)
            yield from _names(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _names(inner)


def _off_by_default(kind: str, name: str) -> tuple[Any, Any]:
    model = settings_model(kind, name)
    about = Field(default=None, description=_doc(kind, name).split("\n\n")[0])
    if any(field.is_required() for field in model.model_fields.values()):
        return model | None, about
    on = BeforeValidator(switch, json_schema_input_type=model | bool | None)
    return Annotated[model | None, on], about


def _fields(kind: str, name: str, base: type[Model]) -> dict[str, Any]:
    found = parts.part(kind, name)
    described = attribute_docstrings(found)
    fields: dict[str, Any] = {}
    for field, annotation in parts.settings(found):
        if field.name in base.model_fields:
            continue
        about = Field(
            default=... if parts.required(field) else field.default,
            description=described.get(field.name),
        )
        fields[field.name] = (_number(annotation), about)
    return fields


def _number(annotation: Any) -> Any:
    """Floats as all settings have them, without the zero that is negative."""
    return Annotated[(annotation, *_PLAIN)] if bare(annotation) is float else annotation


def _doc(kind: str, name: str) -> str:
    """What the class says of itself, as far as it is meant for the reference."""
    found = parts.part(kind, name)
    doc = inspect.cleandoc(found.__doc__ or "")
    if not doc or doc.startswith(f"{found.__name__}("):  # which dataclass writes itself
        raise ContractError(parts.files(kind)[name], f"{found.__name__} has no docstring")
    return doc.split("\n\nSource:")[0]


def _refuse(kind: str, name: str, known: Iterable[str]) -> None:
    if name in known:
        mistake = f"there is {name} already; rename the file"
        raise ContractError(parts.files(kind)[name], mistake)
