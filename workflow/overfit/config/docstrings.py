"""The string below each field of a class, which is what schemas and reference say of it.

Pydantic's `use_attribute_docstrings` would read them as well, but wherever a model is imported: to
parse the source of all models takes a tenth of a second, which every job would wait for.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel


def attribute_docstrings(found: type[Any]) -> dict[str, str]:
    """The string below each field of a model or dataclass, those of base classes included."""
    described: dict[str, str] = {}
    for one in reversed(found.__mro__):
        if dataclasses.is_dataclass(one) or (issubclass(one, BaseModel) and one is not BaseModel):
            described |= _own(one)
    return described


@cache
def _own(found: Any) -> dict[str, str]:
    try:
        source = textwrap.dedent(inspect.getsource(found))
    except OSError:  # made by `create_model`, with its descriptions
        return {}
    (definition,) = ast.parse(source).body
    return dict(_strings_below(definition.body))  # type: ignore[attr-defined]


def _strings_below(body: Iterable[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(body):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)
