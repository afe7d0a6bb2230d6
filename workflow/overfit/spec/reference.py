"""The reference of all keys, config/README.md, from the models' descriptions."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from overfit.spec.claims import Claim, Difference, Level
from overfit.spec.config import Config, DatasetEntry
from overfit.spec.experiment_file import ExperimentFile, Variant
from overfit.spec.figures import KINDS
from overfit.spec.search import Search
from overfit.spec.settings import (
    BatchNorm,
    Data,
    Dropout,
    Evaluation,
    Network,
    Penalty,
    Sgd,
    Train,
)

_INTRODUCTION = """\
# Configuration

<!-- Generated from the models in workflow/overfit/spec by `python -m overfit.spec.schema`. -->

| file | what it says |
| --- | --- |
| `config.yaml` | what to run, and the settings that all experiments start from |
| `datasets.yaml` | the datasets |
| `experiments/*.yaml` | one experiment a file; a new file is a new experiment |
| `presets/*.yaml` | overlays: `snakemake --configfile config/presets/smoke.yaml` |

Settings are laid over each other in this order: `defaults` of `config.yaml`, `base` of the
experiment, `override` of `config.yaml`, the variant, the grid. Mappings merge, lists and values
replace, `null` deletes. Two runs with the same settings are one run, whichever experiment asks for
it. `snakemake -n` checks everything and lists every mistake with its file and line.
"""


def reference() -> str:
    """The text of config/README.md."""
    parts = [
        _INTRODUCTION,
        *_section(2, "`config.yaml`", Config),
        *_section(2, "`experiments/*.yaml`", ExperimentFile),
        *_section(3, "Variants", Variant, "Besides settings, a variant may have:"),
        *_section(3, "`search`", Search),
        "## Settings\n\nAnywhere in `defaults`, `base`, `override` and variants.\n",
        *_section(3, "`data`", Data),
        *_section(3, "`model`", Network),
        *_section(3, "`batch_norm`", BatchNorm, "`true` is on with defaults, `null` is off."),
        *_section(3, "`dropout`", Dropout, "`null` is off."),
        *_section(3, "`penalty`", Penalty),
        *_section(3, "`train`", Train),
        *_section(3, "`train.optimizer`", Sgd),
        *_section(3, "`evaluation`", Evaluation),
        "## Figures\n\nEach has a `kind` and may have a `name` (its file name) and a `caption`.\n",
        *(part for kind, model in KINDS.items() for part in _section(3, f"`{kind}`", model)),
        *_section(2, "Claims", Claim),
        *_section(3, "`test` of a difference", Difference),
        *_section(3, "`test` of a level", Level),
        *_section(2, "`datasets.yaml`", DatasetEntry, "Each name has:"),
    ]
    return "\n".join(parts).rstrip() + "\n"


_SAID_ABOVE = {"kind", "name", "caption"}


def _section(depth: int, title: str, model: type[BaseModel], note: str = "") -> Iterator[str]:
    yield f"{'#' * depth} {title}\n"
    yield f"{inspect.cleandoc(model.__doc__ or '')}\n"
    if note:
        yield f"{note}\n"
    skipped = _SAID_ABOVE if model in KINDS.values() else set()
    schema = model.model_json_schema()
    rows = [
        _row(key, value, key in schema.get("required", ()), schema.get("$defs", {}))
        for key, value in schema["properties"].items()
        if key not in skipped
    ]
    if rows:
        head = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
        yield "\n".join([*head, *rows]) + "\n"


def _row(
    key: str, schema: Mapping[str, Any], required: bool, definitions: Mapping[str, Any]
) -> str:
    default = "required" if required else _literal(schema.get("default"))
    meaning = " ".join(schema.get("description", "").split())
    return f"| `{key}` | {_kind(schema, definitions)} | {default} | {meaning} |"


def _literal(default: Any) -> str:
    if default in (None, ""):
        return ""
    if default == ["all"]:
        return "`all`"
    return f"`{default}`" if not isinstance(default, dict | list) else ""


def _kind(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """The values that a schema allows, in words."""
    if "$ref" in schema:
        definition = definitions[schema["$ref"].rpartition("/")[2]]
        return "mapping" if definition.get("type") == "object" else _kind(definition, definitions)
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_kind(option, definitions) for option in options))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    names = {
        "array": "list",
        "object": "mapping",
        "string": "text",
        "integer": "whole number",
        "boolean": "`true`, `false`",
        "null": "`null`",
    }
    kind = schema.get("type", "")
    words = "number, text, `true`, `false`" if isinstance(kind, list) else names.get(kind, kind)
    bounds = {
        "exclusiveMinimum": "above",
        "minimum": "at least",
        "exclusiveMaximum": "below",
        "maximum": "at most",
    }
    limits = [f"{text} {schema[key]:.15g}" for key, text in bounds.items() if key in schema]
    return f"{words} {', '.join(limits)}".strip()
