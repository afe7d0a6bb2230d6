"""Pydantic's validation errors in plain sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from overfit.config.model import models_at, required
from overfit.config.problems import Path, did_you_mean, must_be, named, say, unknown_key

_EXPONENT = re.compile(r"([-+]?\d+)(\.\d*)?[eE]([-+]?)(\d+)")
_BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
_KINDS = {
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
}


def explained(error: ValidationError, model: Any) -> Iterator[tuple[list[Path], str]]:
    """The paths to blame (one, or several that clash) and a sentence, for each error.

    Args:
        error: the error of the validation.
        model: the model that was validated, or the union of models.
    """
    for details in error.errors(include_url=False):
        path: Path = tuple(
            step
            for step in details["loc"]
            if not (isinstance(step, str) and (step[:1] == "<" or step == "[key]"))
        )
        context = details.get("ctx", {})
        if details["type"] == "clash":
            for clash in context["clashes"]:
                yield [path + tuple(other) for other in clash["paths"]], clash["message"]
        elif details["type"] == "extra_forbidden":
            models = models_at(model, details["loc"][:-1])
            known = [name for kind in models for name in kind.model_fields]
            yield _unknown_key(path, details["loc"], known, details["input"])
        elif details["type"] == "unknown_name":
            yield [path], _unknown_name(details["input"], context)
        elif details["type"] == "too_short" and len(details["input"]) >= context["min_length"]:
            continue  # long enough, but for items that are blamed themselves
        elif details["type"] == "model_type":
            hint = _mapping_hint(details["input"], models_at(model, details["loc"]))
            yield [path], must_be("a mapping", details["input"]) + hint
        else:
            yield [path], _sentence(details["type"], details["input"], context)


def _sentence(kind: str, value: Any, context: Mapping[str, Any]) -> str:
    if kind == "plain":
        return str(context["message"])
    if kind == "missing":
        return "is missing"
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"must be {words} {context[key]:.15g}, but is {value}"
    if kind in _KINDS:
        return must_be(_KINDS[kind], value) + _hint(value, _KINDS[kind])
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        if isinstance(value, list | Mapping):
            inside = [item for item in value if item in allowed] if len(value) == 1 else []
            hint = f"; write {inside[0]}" if inside else ""
            return must_be(" or ".join(allowed), value) + hint
        return f"unknown value {say(value)}{did_you_mean(value, allowed)}"
    if kind == "finite_number":
        return f"must be finite, but is {value}"
    if kind == "string_pattern_mismatch":
        return must_be(f"text that matches {context['pattern']}", value)
    if kind == "string_too_long":
        return f"must have at most {context['max_length']} characters, but has {len(value)}"
    if kind in ("too_short", "string_too_short"):
        if not value:
            return "must not be empty"
        return f"must have at least {context['min_length']} items, but has {len(value)}"
    if kind == "too_long":
        return f"must have at most {context['max_length']} items, but has {len(value)}"
    return f"{say(value)} is not allowed here"


def _unknown_key(
    path: Path, location: Path, known: list[str], value: Any
) -> tuple[list[Path], str]:
    """If a part comes in several kinds, the line that chose the kind may be to blame."""
    *_, above, key = ("", *location)
    if isinstance(above, str) and above[:1] == "<":
        return [
            path,
            (*path[:-1], "name"),
        ], f"{above[1:-1]} has no key {key}{did_you_mean(key, known)}"
    return [path], unknown_key(str(key), value, known)


def _unknown_name(value: Any, context: Mapping[str, Any]) -> str:
    """For a union whose members are identified by a name."""
    what, allowed = context["what"], context["allowed"]
    if not isinstance(value, Mapping):
        if value not in list(allowed):
            return must_be("a mapping", value)
        rest = [f"{key}: ..." for key in allowed[value] if key != context["key"]]
        written = ", ".join([f"{context['key']}: {value}", *rest])
        return f"{must_be('a mapping', value)}; write {{{written}}}"
    if context["key"] not in value:
        return f"needs a {context['key']}{did_you_mean('', allowed)}"
    name = value[context["key"]]
    return f"unknown {what} {say(name)}{did_you_mean(name, allowed)}"


def _mapping_hint(value: Any, models: Sequence[type[BaseModel]]) -> str:
    """A hint for a value in the place of a mapping of settings."""
    if value is None:
        return "; write {} for one without keys"
    if len(models) != 1 or isinstance(value, list):
        return ""
    needed = required(models[0])
    if len(needed) == 1:
        written = value if type(value) in (int, float) else "..."
        return f"; write {{{needed[0]}: {written}}}"
    switched = not needed and hasattr(models[0], "FOUND")
    return "; to switch it on or off, write true or false" if switched else ""


def _hint(value: Any, belongs: str) -> str:
    """A hint for a value that YAML reads differently from how it looks."""
    if value is None and belongs == "a mapping":
        return "; write {} for one without keys"
    if belongs == "text" and not isinstance(value, list | dict | None):
        return f'; put it in quotes: "{value}"'
    if not isinstance(value, str) or "number" not in belongs:
        return ""
    if match := _EXPONENT.fullmatch(value):
        whole, fraction, sign, power = match.groups()
        fraction = fraction if fraction and fraction != "." else ".0"
        return f"; write {whole}{fraction}e{sign or '+'}{power}"
    plain = unicodedata.normalize("NFKC", value).strip()
    try:
        float(plain)
    except ValueError:
        comma = re.fullmatch(r"(-?\d+),(\d+)", value)
        return f"; write {comma[1]}.{comma[2]}" if comma else ""
    odd = next((c for c in value if not c.isascii()), None)
    if odd:
        return f"; it contains a {named(odd)}: write {plain}"
    return f"; write {plain} without quotes"
