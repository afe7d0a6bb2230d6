"""Parts of a network that the core does not have: a new file is a new part.

A part is a module `parts/{kind}/{name}.py` with a constant `PART`: a frozen dataclass, whose fields
are the part's settings in YAML. Nothing else knows its name: the specification, the schema, the
reference, the gradient check and the workflow find it here. See docs/howto/extend.md.

| folder | what the class can do | where it stands in YAML |
| --- | --- | --- |
| `activations` | is a `nn.activations.Activation` | `model.activation` |
| `layers` | `init`, `forward`, `backward`, see `nn.Layer` | a key of its own, as `dropout` |
| `optimizers` | `init`, `gradient_scale`, `step`, see `nn.Optimizer` | `train.optimizer` |
| `penalties` | `value`, `add_gradient`, see `nn.Penalty` | a key of `penalty` |

Where there are no such files, nothing is imported: to read an experiment takes no NumPy.
"""

from __future__ import annotations

import dataclasses
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

from pydantic.fields import FieldInfo

from overfit.config.contract import ContractError, blaming, load

METHODS: Mapping[str, tuple[str, ...]] = {
    "activations": ("value", "slope", "forward", "backward"),
    "layers": ("init", "forward", "backward"),
    "optimizers": ("init", "gradient_scale", "step"),
    "penalties": ("value", "add_gradient"),
}
"""The kinds of parts, each with the methods that the core calls."""
SIZE = "n"
"""A field of a layer with this name is no setting: it gets the number of units."""


def names(kind: str) -> tuple[str, ...]:
    """The names of all parts of a kind, without loading them."""
    return tuple(sorted(files(kind)))


@cache
def files(kind: str) -> dict[str, Path]:
    """The file of each part of a kind."""
    folder = import_module(f"{__name__}.{kind}").__path__
    return {
        found.name: Path(found.module_finder.path, f"{found.name}.py")  # type: ignore[union-attr]
        for found in pkgutil.iter_modules(folder)
    }


@cache
def part(kind: str, name: str) -> type[Any]:
    """The class of a part.

    Raises:
        ContractError: the file doesn't keep the contract of its folder.
    """
    file = files(kind)[name]
    found = getattr(load(f"{__name__}.{kind}.{name}", file), "PART", None)
    with blaming(file):
        mistake = _mistake(kind, name, found)
    if mistake:
        raise ContractError(file, mistake)
    return found  # type: ignore[return-value]  # has been checked


def parts(kind: str) -> dict[str, type[Any]]:
    """All parts of a kind by name."""
    return {name: part(kind, name) for name in names(kind)}


def settings(found: type[Any]) -> Iterator[tuple[dataclasses.Field[Any], Any]]:
    """The fields of a part that are its settings, each with its annotation."""
    hints = get_type_hints(found, include_extras=True)
    for field in dataclasses.fields(found):
        if field.init and field.name != SIZE:
            yield field, hints[field.name]


def wants_size(found: Any) -> bool:
    """Whether a layer has a field for the number of its units."""
    return SIZE in {field.name for field in dataclasses.fields(found)}


def place(found: Any) -> str:
    """Where a layer stands: `before` or `after` the activation."""
    return getattr(found, "place", "after")


def required(field: dataclasses.Field[Any]) -> bool:
    """Whether a setting has no default."""
    return field.default is field.default_factory is dataclasses.MISSING


def example(found: type[Any], **given: Any) -> Any:
    """A part to try out: at its defaults, and at the example of what has none.

    Args:
        found: the class of the part.
        given: values of fields, such as the number of units of a layer that wants it.
    """
    known = {field.name for field in dataclasses.fields(found)}
    values = {key: value for key, value in given.items() if key in known}
    for field, annotation in settings(found):
        if required(field) and field.name not in values:
            values[field.name] = _example(annotation)
    return found(**values)


def _mistake(kind: str, name: str, found: Any) -> str | None:
    """What a module lacks to be a part; None if nothing."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return "its name must be of lower-case letters, digits and underscores"
    if not isinstance(found, type):
        return "has no PART; write PART = the class of the part"
    if not dataclasses.is_dataclass(found) or not found.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return f"PART is {found.__name__}; it must be a frozen dataclass"
    if kind == "activations" and not _is_activation(found):
        return f"{found.__name__} must be a subclass of overfit.nn.activations.Activation"
    missing = [method for method in METHODS[kind] if not callable(getattr(found, method, None))]
    if missing:
        return f"{found.__name__} has no {', '.join(missing)}; see overfit.parts"
    if kind == "layers" and place(found) not in ("before", "after"):
        return f"{found.__name__}.place is {place(found)!r}; it must be before or after"
    if kind == "optimizers" and "lr" not in {field.name for field in dataclasses.fields(found)}:
        return f"{found.__name__} has no field lr, its learning rate"
    for field, annotation in settings(found):
        if field.name == "name":
            return f"{found.__name__} has a field name; that is the part's own, choose another"
        if required(field) and field.name != "lr" and _example(annotation) is None:
            return (
                f"{found.__name__}.{field.name} has neither a default nor an example; write "
                f"{field.name}: Annotated[..., Field(examples=[...])]"
            )
    return None


def _is_activation(found: type[Any]) -> bool:
    from overfit.nn.activations import Activation  # loads NumPy, as the part has done already

    return issubclass(found, Activation)


def _example(annotation: Any) -> Any:
    """The example that an annotation gives; None without one."""
    for extra in getattr(annotation, "__metadata__", ()):
        if isinstance(extra, FieldInfo) and extra.examples:
            return extra.examples[0]
    return None
