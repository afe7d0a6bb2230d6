"""The parts of networks, found in the folders of `overfit.nn`, and models of their settings.

A part is a file `nn/{kind}/{name}.py` with a constant `PART`: a frozen dataclass, whose fields are
the part's settings in YAML (or a mapping of names to such classes, for a family). A field's
annotation has the bounds, its default is the default, and the string below it explains it. Nothing
else knows the name: specification, schema, reference, gradient check and workflow find it here.
See docs/howto/extend.md.

| folder | what the class can do | in YAML |
| --- | --- | --- |
| `activations` | is a `nn.Activation` | `model.activation` |
| `initializers` | `draw`, see `nn.Initializer` | `model.init` |
| `layers` | `init`, `forward`, `backward`, see `nn.Layer` | a separate key, such as `dropout` |
| `optimizers` | `init`, `gradient_scale`, `step`, see `nn.Optimizer` | `train.optimizer` |
| `penalties` | `value`, `add_gradient`, or `apply` | a key of `penalty` |
| `schedules` | `factor`, see `nn.schedules.LrSchedule` | `train.lr_schedule` |
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import AfterValidator, BeforeValidator, Field, create_model, model_serializer
from pydantic.fields import FieldInfo

from overfit import nn
from overfit.config import contract
from overfit.config.contract import ContractError, blaming
from overfit.config.model import Model, Number, bare, mistake, one_of, required, switch
from overfit.config.problems import must_be
from overfit.metrics.table import probe_files
from overfit.nn.layers import PLACES
from overfit.trainers import file_of as trainer_file

M = TypeVar("M", bound=Model)
PACKAGE = "overfit.nn"
GIVEN = {"layers": ("n", "n_in", "n_out", "initializer"), "schedules": ("updates",)}
"""By kind: fields that are not settings, because the network or the budget determines them."""
METHODS: Mapping[str, tuple[str, ...]] = {
    "activations": ("value", "slope", "forward", "backward"),
    "initializers": ("draw",),
    "layers": ("init", "forward", "backward"),
    "optimizers": ("init", "gradient_scale", "step"),
    "penalties": ("value", "add_gradient"),
    "schedules": ("factor",),
}
"""The kinds of parts, each with the methods that the core calls."""
_BY_NAME = "activations"
"""The kind whose parts without settings are written only as their names."""
_CHECKED = ("activations", "layers", "penalties")
"""The kinds whose gradients are checked, with examples for settings without a default."""
_PLAIN = get_args(Number)[1:]
_FORMER = Path(__file__).parents[1] / "parts"
"""The former folder of users' parts."""


class Found(NamedTuple):
    """A part that was found."""

    kind: str
    name: str
    part: type[Any]


class PartSettings(Model):
    """The settings of a part."""

    FOUND: ClassVar[Found]
    """The part. In capitals, because a setting may have any other name."""

    def made(self, **given: Any) -> Any:
        """The part with these settings.

        Args:
            given: the number of units `n` of a layer, or of the `updates` of a schedule; left out
                where the part has no such field.
        """
        names = {field.name for field in dataclasses.fields(self.FOUND.part)}
        return self.FOUND.part(
            **{key: value for key, value in (*self, *given.items()) if key in names}
        )

    def __reduce__(self) -> Any:
        """Pickle it by the name of its part, because no module contains its class."""
        return _unpickled, self.FOUND[:2], self.__getstate__()


def _unpickled(kind: str, name: str) -> PartSettings:
    model = models(kind)[name]
    return model.__new__(model)


class Named(PartSettings):
    """The settings of one of several kinds."""

    name: str


class ByName(Named):
    """A kind without settings, which is written only as its name."""

    @model_serializer
    def _as_name(self) -> str:
        return self.name


@cache
def parts(kind: str) -> dict[str, type[Any]]:
    """All parts of a kind by name.

    Raises:
        ContractError: a file breaks the contract of its folder.
    """
    for file in sorted(_FORMER.glob("*/[!_]*.py")):
        message = (
            f"parts are now in overfit/nn; move this file to overfit/nn/{file.parent.name}, and "
            "import Array, Scratch and Parameters from overfit.nn.memory"
        )
        raise ContractError(file, message)
    found: dict[str, type[Any]] = {}
    where: dict[str, Path] = {}
    for name, module in contract.modules(f"{PACKAGE}.{kind}").items():
        file = Path(module.__file__ or name)
        part = getattr(module, "PART", None)
        family: Mapping[str, Any] = part if isinstance(part, Mapping) else {name: part}
        for called, one in family.items():
            with blaming(file):
                mistake = _mistake(kind, one)
            if mistake:
                raise ContractError(file, mistake)
            if called in found:
                raise ContractError(file, f"{where[called].name} defines {called}, too")
            found[called], where[called] = one, file
    return dict(sorted(found.items()))


def file_of(part: type[Any]) -> Path:
    """The file of a part."""
    return Path(inspect.getfile(part))


def label(kind: str, name: str) -> str:
    """The name of a part in a sentence."""
    return str(getattr(parts(kind)[name], "label", name.replace("_", " ")))


@cache
def models(kind: str) -> dict[str, type[PartSettings]]:
    """The models of the settings of all parts of a kind, by name."""
    return {name: _model(kind, name, part) for name, part in parts(kind).items()}


def choice(kind: str, what: str) -> Any:
    """The type of a setting that is one of the parts of a kind, identified by `name`.

    If a part needs no settings, its name is enough.

    Args:
        kind: the folder of `overfit.nn`.
        what: the noun for the parts, for the message about an unknown part.
    """
    found = models(kind)
    union = one_of(found, "name", what)
    short = {part.short: name for name, part in parts(kind).items() if hasattr(part, "short")}
    alone = tuple(name for name, model in found.items() if required(model) == ["name"])
    if not alone:
        return union

    def named(value: Any) -> Any:
        if isinstance(value, dict) and "name" not in value:
            names = [short[key] for key in value if key in short]
            return {"name": names[0], **value} if names else value
        if not isinstance(value, str | dict | Model):
            is_number = type(value) in (int, float)
            hint = "".join(f"; write {{{key}: {value}}}" for key in short if is_number)
            raise mistake(must_be("a name or a mapping", value) + hint)
        return {"name": value} if isinstance(value, str) else value

    written = (model for model in found.values() if not issubclass(model, ByName))
    written_type = Union[(Literal[alone], *written)]  # type: ignore[valid-type]
    return Annotated[union, BeforeValidator(named, json_schema_input_type=written_type)]


def by_name(kind: str, name: str) -> Any:
    """The settings of a part that needs only its name, as a default value."""
    return models(kind)[name].model_construct(name=name)


def open_to(kind: str, *reserved: str) -> Callable[[type[M]], type[M]]:
    """A decorator of models: each part of a kind is one more key, off by default.

    If a penalty has a field with the penalty's name, that field is the key; its other fields are
    more keys.

    Args:
        kind: the folder of `overfit.nn`.
        reserved: names that no part may have, besides those of the model's keys.
    """

    def extended(model: type[M]) -> type[M]:
        fields: dict[str, Any] = {}
        for name, part in parts(kind).items():
            added = _fields(kind, part) if inline(kind, name) else {name: _off(kind, name)}
            for key in added:
                if key in {*model.model_fields, *reserved, *fields}:
                    message = f"there is {key} already; choose another name"
                    raise ContractError(file_of(part), message)
            fields |= added
        fields |= {"__module__": model.__module__, "__doc__": model.__doc__}
        return create_model(model.__name__, __base__=model, **fields)

    return extended


@cache
def inline(kind: str, name: str) -> bool:
    """Whether a penalty's settings are keys of `penalty` itself, not of a mapping in it."""
    own = {field.name for field in dataclasses.fields(parts(kind)[name])}
    return kind == "penalties" and name in own


def settings(kind: str, part: type[Any]) -> Iterator[tuple[dataclasses.Field[Any], Any]]:
    """The fields of a part that are its settings, each with its annotation."""
    hints = get_type_hints(part, include_extras=True)
    if kind == "optimizers":
        hints |= get_type_hints(nn.Optimizer, include_extras=True)
    for field in dataclasses.fields(part):
        if field.init and field.name not in GIVEN.get(kind, ()):
            yield field, hints[field.name]


def example(kind: str, part: type[Any], **given: Any) -> Any:
    """A part for trying out, with its examples, and defaults for settings without one.

    Args:
        kind: the folder of `overfit.nn`.
        part: its class.
        given: values of fields, such as the number of units of a layer.
    """
    known = {field.name for field in dataclasses.fields(part)}
    values = {key: value for key, value in given.items() if key in known}
    for field, annotation in settings(kind, part):
        if field.name not in values and (found := _example(field, annotation)) is not None:
            values[field.name] = found
    return part(**values)


def files_of(spec: Any, probes: Collection[str] = ()) -> list[Path]:
    """The files of the parts that a specification names anywhere, of probes, and of its trainer.

    A new file does not belong to an old run, which is therefore not retrained.
    """
    named = set(_names(spec.model_dump(mode="json", exclude_defaults=True)))
    named.add(spec.settings.train.lr_schedule.name)  # which may be the default
    found = {
        file_of(part) for kind in METHODS for name, part in parts(kind).items() if name in named
    }
    of_probes = [file for name, file in probe_files().items() if name in probes]
    return [*sorted(found), *of_probes, trainer_file(spec.settings.trainer.called())]


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


def _mistake(kind: str, part: Any) -> str | None:
    """Why a class is not a part; None if it is one."""
    if not isinstance(part, type):
        return "has no PART; write PART = the class of the part"
    if not dataclasses.is_dataclass(part) or not part.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return f"PART is {part.__name__}; it must be a frozen dataclass"
    if kind == "activations" and not issubclass(part, nn.Activation):
        return f"{part.__name__} must be a subclass of overfit.nn.activations.Activation"
    missing = [method for method in METHODS[kind] if not callable(getattr(part, method, None))]
    if missing and not (kind == "penalties" and hasattr(part, "apply")):
        return f"{part.__name__} has no {', '.join(missing)}; see overfit.nn.{kind}"
    place = getattr(part, "place", "after")
    if kind == "layers" and place not in PLACES:
        return f"{part.__name__}.place is {place!r}; it must be {' or '.join(PLACES)}"
    if kind == "optimizers" and "lr" not in {field.name for field in dataclasses.fields(part)}:
        return f"{part.__name__} has no field lr, its learning rate"
    for field, annotation in settings(kind, part):
        if field.name == "name":
            return (
                f"{part.__name__} has a field called name, which overfit uses; choose another name"
            )
        if kind in _CHECKED and _is_required(field) and _example(field, annotation) is None:
            return (
                f"{part.__name__}.{field.name} has neither a default nor an example; write "
                f'{field.name}: ... = field(metadata={{"examples": [...]}})'
            )
    doc = inspect.cleandoc(part.__doc__ or "")
    if not doc or doc.startswith(f"{part.__name__}("):  # which dataclass writes itself
        return f"{part.__name__} has no docstring"
    return None


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is field.default_factory is dataclasses.MISSING


def _example(field: dataclasses.Field[Any], annotation: Any) -> Any:
    """The example that a field or its annotation gives; None without one."""
    if given := field.metadata.get("examples"):
        return given[0]
    for extra in getattr(annotation, "__metadata__", ()):
        if isinstance(extra, FieldInfo) and extra.examples:
            return extra.examples[0]
    return None


def _model(kind: str, name: str, part: type[Any]) -> type[PartSettings]:
    fields: dict[str, Any] = {}
    base: type[PartSettings] = PartSettings
    with blaming(file_of(part)):
        own = _fields(kind, part)
        if kind not in ("layers", "penalties"):
            kind_of_name: Any = Literal[name]
            fields["name"] = (kind_of_name, ...)
            base = ByName if kind == _BY_NAME and not own else Named
        model = create_model(part.__name__, __base__=base, __doc__=_about(part), **fields, **own)
    model.FOUND = Found(kind, name, part)
    return model


def _off(kind: str, name: str) -> tuple[Any, Any]:
    """A key for a part's settings, which is off by default and if the part would do nothing."""
    model = models(kind)[name]
    about = Field(default=None, description=_about(model.FOUND.part))
    off = AfterValidator(_none_if_idle)
    if required(model):
        return Annotated[model | None, off], about
    on = BeforeValidator(switch, json_schema_input_type=model | bool | None)
    return Annotated[model | None, on, off], about


def _none_if_idle(found: PartSettings | None) -> PartSettings | None:
    idle = found is not None and hasattr(found.FOUND.part, "idle") and found.made(n=1).idle
    return None if idle else found


def _fields(kind: str, part: type[Any]) -> dict[str, Any]:
    described = _meanings(part) if Model.model_config.get("use_attribute_docstrings") else {}
    return {
        field.name: (
            _number(annotation),
            Field(
                default=... if _is_required(field) else field.default,
                description=described.get(field.name),
                **field.metadata,
            ),
        )
        for field, annotation in settings(kind, part)
    }


def _meanings(part: type[Any]) -> dict[str, str]:
    """The string below each field of a part and its base classes, for the reference."""
    found: dict[str, str] = {}
    for one in reversed(part.__mro__):
        if dataclasses.is_dataclass(one):
            (definition,) = ast.parse(textwrap.dedent(inspect.getsource(one))).body
            for field, below in pairwise(definition.body):  # type: ignore[attr-defined]
                match field, below:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(text))),
                    ):
                        found[name] = inspect.cleandoc(text)
    return found


def _number(annotation: Any) -> Any:
    """Floats in the form of all settings, see `Number`."""
    if get_origin(annotation) in (Union, UnionType):
        return Union[tuple(map(_number, get_args(annotation)))]  # noqa: UP007, not known here
    return Annotated[(annotation, *_PLAIN)] if bare(annotation) is float else annotation


def _about(part: type[Any]) -> str:
    """The description of a class in the reference: the first paragraph of its docstring."""
    return inspect.cleandoc(part.__doc__ or "").split("\n\n")[0]
