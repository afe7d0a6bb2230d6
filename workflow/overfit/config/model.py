"""The base of all models of the configuration: strictness, kinds identified by a key, clashes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from overfit.config.problems import Path, say


class Model(BaseModel):
    """Frozen, without unknown keys, without silent conversions, finite."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        defer_build=True,  # most processes need few of the validators
    )


_SMALLEST, _LARGEST, _BELOW_1 = 1.17549435e-38, 3.40282347e38, 0.99999994
"""Ends of the positive numbers that float32 has in full precision, and its last one below 1."""


def _in_float32(value: float) -> float:
    """A number, without the sign of a zero; refuses what is another number in training."""
    trained = "in float32, in which networks are trained"
    if 0 < abs(value) < _SMALLEST:
        raise mistake(f"{value} is 0 {trained}; write at least 1.2e-38")
    if abs(value) > _LARGEST:
        raise mistake(f"{value} is infinite {trained}; write at most 3.4e+38")
    if _BELOW_1 < value < 1:
        raise mistake(f"{value} is 1 {trained}; write at most {_BELOW_1}")
    return value + 0.0


InFloat32 = AfterValidator(_in_float32)
Number = Annotated[float, InFloat32]
"""A finite number that float32 can tell from 0, and from 1 if it is below."""
Text = Annotated[str, Field(min_length=1)]
_NAME = r"^[a-z0-9_-]{1,60}$"
_RESERVED = {"con", "prn", "aux", "nul"} | {
    f"{kind}{i}" for kind in ("com", "lpt") for i in range(10)
}
"""Names of devices on Windows, which no file can have there."""


def name_mistake(name: str) -> str | None:
    """Why a name is not a valid file name on all systems; None if it is."""
    if not re.fullmatch(_NAME, name):
        return "a name may contain only a-z, 0-9, - and _, and at most 60 characters"
    if name in _RESERVED:
        return f"{name} is not a valid file name on Windows; choose another name"
    return None


def _checked_name(name: str) -> str:
    if message := name_mistake(name):
        raise mistake(message)
    return name


Name = Annotated[
    str, AfterValidator(_checked_name), WithJsonSchema({"type": "string", "pattern": _NAME})
]
"""The name of a variant, a dataset, a figure or a claim, which becomes the name of a file."""
Items = Field(strict=False)
"""For tuples: YAML and JSON write them as lists."""


def mistake(message: str) -> PydanticCustomError:
    """An error with a plain sentence about the value under validation."""
    return PydanticCustomError("plain", "{message}", {"message": message})


Clash = tuple[str, list[Path]]
"""A sentence about values that don't go together, and their paths."""


def clashes(found: Iterable[Clash]) -> None:
    """Raise one error for all clashes, if there are any.

    The message points to the path that was written last.
    """
    listed = [{"message": message, "paths": paths} for message, paths in found]
    if listed:
        context: dict[str, Any] = {"clashes": listed}
        raise PydanticCustomError("clash", "values that do not go together", context)


def each_once(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """A validator of lists in which no item may appear twice."""
    clashes(
        (f"{item if isinstance(item, str) else say(item)} appears twice", [(position,)])
        for position, item in enumerate(items)
        if position_of(item, items) != position
    )
    return items


def position_of(value: Any, among: Sequence[Any]) -> int | None:
    """The first place of a value among others; True is not 1."""
    for position, other in enumerate(among):
        if value == other and isinstance(value, bool) == isinstance(other, bool):
            return position
    return None


def told_apart_by(key: str, what: str, allowed: Mapping[str, list[str]]) -> Discriminator:
    """Chooses the member of a union with the tag `<NAME>`, where NAME is the value of `key`.

    Args:
        key: the key with the name.
        what: the noun for the kinds, for messages.
        allowed: the names, each with the keys that its member requires.
    """

    def tag(value: Any) -> str:
        return f"<{value.get(key) if isinstance(value, dict) else getattr(value, key, None)}>"

    context: dict[str, Any] = {"key": key, "what": what, "allowed": allowed}
    return Discriminator(
        tag,
        custom_error_type="unknown_name",
        custom_error_message="unknown name",
        custom_error_context=context,
    )


def one_of(kinds: Mapping[str, type[BaseModel]], key: str, what: str) -> Any:
    """The union of the models of several kinds, identified by the value of `key`.

    Args:
        kinds: the models by name.
        key: the key with the name.
        what: the noun for the kinds, for messages.
    """
    needs = {name: required(model) for name, model in kinds.items()}
    members = tuple(Annotated[model, Tag(f"<{name}>")] for name, model in kinds.items())
    return Annotated[Union[members], told_apart_by(key, what, needs)]  # noqa: UP007, not known here


def by_own_key(kinds: Mapping[str, type[BaseModel]], check: Callable[[Any], Any]) -> Any:
    """The union of the models of several kinds, each identified by the key that is its name.

    Args:
        kinds: the models by name, each with its name as `kind`.
        check: a validator of the value before, which refuses all without exactly one such key.
    """

    def tag(value: Any) -> str:
        if isinstance(value, BaseModel):
            return f"<{getattr(value, 'kind', None)}>"
        return next(f"<{kind}>" for kind in kinds if kind in value)

    members = tuple(Annotated[model, Tag(f"<{name}>")] for name, model in kinds.items())
    return Annotated[
        Union[members],  # noqa: UP007, not known here
        Discriminator(tag),
        BeforeValidator(check),
    ]


def by_its_name(value: Any) -> Any:
    """A validator: `he` is short for {name: he}."""
    return {"name": value} if isinstance(value, str) else value


def switch(value: Any) -> Any:
    """A validator: true is on with defaults, false is off."""
    return {} if value is True else None if value is False else value


def models_at(model: Any, location: Path) -> list[type[BaseModel]]:
    """The models below a model, or a union of models, at the location of an error.

    A step in angle brackets is the tag of the union's member that was chosen.
    """
    found: list[Any] = [model]
    for step in location:
        found = [inner for kind in found for member in members(kind) for inner in _at(member, step)]
    models = [bare(member) for kind in found for member in members(kind)]
    return [kind for kind in models if is_model(kind)]


def required(model: type[BaseModel]) -> list[str]:
    """The keys without a default."""
    return [key for key, field in model.model_fields.items() if field.is_required()]


def members(kind: Any) -> list[Any]:
    """The members of a union, with their tags; the type itself if it is not a union."""
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
