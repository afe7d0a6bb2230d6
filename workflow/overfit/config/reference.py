"""The reference of all keys, config/README.md, from the models' descriptions."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from overfit import parts as own
from overfit.config.claims import KINDS as TESTS
from overfit.config.claims import Claim, Test
from overfit.config.claims.interaction import Versus
from overfit.config.config import Config
from overfit.config.datasets import SOURCES, Dataset
from overfit.config.dimensions import DIMENSIONS
from overfit.config.docstrings import attribute_docstrings
from overfit.config.experiment_file import ExperimentFile, Variant
from overfit.config.figures import KINDS
from overfit.config.generators import GENERATORS
from overfit.config.guide import guide
from overfit.config.metrics import METRICS
from overfit.config.parts import settings_model
from overfit.config.reported import Reported
from overfit.config.search import METHODS, Objective, Search
from overfit.config.settings.activation import ACTIVATIONS
from overfit.config.settings.data import Data
from overfit.config.settings.evaluation import Evaluation
from overfit.config.settings.init import INITS
from overfit.config.settings.network import BatchNorm, Dropout, LayerNorm, Network
from overfit.config.settings.optimizer import OPTIMIZERS
from overfit.config.settings.penalty import Penalty
from overfit.config.settings.train import LR_SCHEDULES, EarlyStopping, Train
from overfit.config.statistics import ABOUT_METRICS, STATISTICS

_SETTINGS = """\
Anywhere in `defaults`, `base`, `override` and variants, where `compat: book` can stand beside them.
Where a part comes in several kinds, a
variant that names another kind keeps the keys below it: `null` deletes those that the other kind
does not have. A budget is either `epochs` or `updates`: `{updates: 1000, epochs: null}` replaces
epochs that were set below.
"""
_CONDITIONS = """\
A key with `when` is searched only where other searched keys have these values:

```yaml
space:
  train.optimizer.name: {choice: [sgd, momentum, adam]}
  train.optimizer.momentum: {uniform: [0.5, 0.99], when: {train.optimizer.name: momentum}}
  model.depth: {int: [1, 6]}
  model.width: {log_int: [10, 200]}
  batch_norm: {choice: [true, null]}
```

A searched variant cannot be crossed with a grid.
"""
_FIGURES = """\
Each has a `kind` and may have a `name` (its file name), a `caption`, and `cites` (the figure of the
source to compare it with).
"""
_SWITCH = "`true` is on with defaults, `null` is off."


def reference() -> str:
    """The text of config/README.md."""
    parts = [
        *guide(),
        *_section(2, "`config.yaml`", Config),
        *_section(2, "`experiments/*.yaml`", ExperimentFile),
        *_section(3, "Variants", Variant, "Besides settings, a variant may have:"),
        *_section(3, "`search`", Search),
        *_kinds("`search.space`", "values", DIMENSIONS),
        _CONDITIONS,
        *_methods(),
        *_section(3, "`search.objective`", Objective),
        f"## Settings\n\n{_SETTINGS}",
        *_section(3, "`data`", Data),
        *_section(3, "`model`", Network),
        *_kinds("`model.activation`", "activation", ACTIVATIONS),
        *_kinds("`model.init`", "initializer", INITS),
        *_section(3, "`batch_norm`", BatchNorm, _SWITCH),
        *_section(3, "`layer_norm`", LayerNorm, _SWITCH),
        *_section(3, "`dropout`", Dropout, "`null` is off."),
        *_own("layers", ""),
        *_section(3, "`penalty`", Penalty),
        *_own("penalties", "penalty."),
        *_section(3, "`train`", Train),
        *_kinds("`train.optimizer`", "optimizer", OPTIMIZERS),
        *_kinds("`train.lr_schedule`", "schedule", LR_SCHEDULES),
        *_section(3, "`train.early_stopping`", EarlyStopping),
        *_section(3, "`evaluation`", Evaluation),
        f"## Figures\n\n{_FIGURES}",
        *(part for kind, model in KINDS.items() for part in _section(3, f"`{kind}`", model)),
        *_section(2, "Claims", Claim),
        *_section(3, "`test`", Test),
        *(part for kind, model in TESTS.items() for part in _section(4, f"`{kind}`", model)),
        *_section(4, "`versus` of an interaction", Versus),
        *_section(2, "`reported`", Reported),
        f"## Metrics\n\n{ABOUT_METRICS}",
        f"## Statistics\n\n{STATISTICS}",
        *_section(2, "`datasets.yaml`", Dataset, "Each name has a `source` and:"),
        *(part for name, model in SOURCES.items() for part in _section(3, f"`{name}`", model)),
        *_kinds("`generator` of `synthetic`", "generator", GENERATORS),
    ]
    return "\n".join(parts).rstrip() + "\n"


_SAID_ABOVE: dict[type[BaseModel], set[str]] = {
    **{model: {"kind", "name", "caption", "cites"} for model in KINDS.values()},
    **{model: {"source", *Dataset.model_fields} for model in SOURCES.values()},
}


def _section(depth: int, title: str, model: type[BaseModel], note: str = "") -> Iterator[str]:
    yield f"{'#' * depth} {title}\n"
    yield f"{inspect.cleandoc(model.__doc__ or '')}\n"
    if note:
        yield f"{note}\n"
    skipped = _SAID_ABOVE.get(model, set()) | _common(model)
    rows = [f"| `{key}` {row}" for key, row in _rows(model) if key not in skipped]
    if rows:
        head = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
        yield "\n".join([*head, *rows]) + "\n"


def _own(kind: str, above: str) -> Iterator[str]:
    """Parts that stand in files of their own and are keys of their own."""
    for name in own.names(kind):
        yield from _section(3, f"`{above}{name}`", settings_model(kind, name), "`null` is off.")


def _common(model: type[BaseModel]) -> set[str]:
    """The keys of a test that all tests have, where they mean the same."""
    if model not in TESTS.values():
        return set()
    common, own = attribute_docstrings(Test), attribute_docstrings(model)
    return {key for key in Test.model_fields if common.get(key) == own.get(key)}


def _kinds(title: str, what: str, kinds: Mapping[str, type[BaseModel]]) -> Iterator[str]:
    """A part that comes in several kinds: the kinds, then the keys that some of them have."""
    yield f"### {title}\n"
    about = [
        f"| `{name}` | {inspect.cleandoc(kind.__doc__ or '')} |" for name, kind in kinds.items()
    ]
    yield "\n".join([f"| {what} | meaning |", "| --- | --- |", *about]) + "\n"
    owners: dict[tuple[str, str], list[str]] = {}
    for name, kind in kinds.items():
        for key, row in _rows(kind):
            if key != "name":
                owners.setdefault((key, row), []).append(f"`{name}`")
    keys = [
        f"| `{key}` | {'all' if len(names) == len(kinds) else ', '.join(names)} {row}"
        for (key, row), names in owners.items()
    ]
    head = ["| key | of | value | default | meaning |", "| --- | --- | --- | --- | --- |"]
    yield "\n".join([*head, *keys]) + "\n"


def _methods() -> Iterator[str]:
    yield "### `search.method`\n"
    rows = [f"| `{method}` | {meaning} |" for method, meaning in METHODS.items()]
    yield "\n".join(["| method | meaning |", "| --- | --- |", *rows]) + "\n"


def _rows(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Each key of a model with the rest of its row: value, default, meaning."""
    schema = model.model_json_schema()
    for key, value in schema["properties"].items():
        required = key in schema.get("required", ())
        default = "required" if required else _literal(value.get("default"))
        meaning = " ".join(value.get("description", "").split())
        yield key, f"| {_kind(value, schema.get('$defs', {}))} | {default} | {meaning} |"


def _literal(default: Any) -> str:
    if default in (None, ""):
        return ""
    if default == ["all"]:
        return "`all`"
    if isinstance(default, dict) and list(default) == ["name"]:
        return f"`{default['name']}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if not isinstance(default, dict | list) else ""


def _kind(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """The values that a schema allows, in words."""
    if "$ref" in schema:
        definition = definitions[schema["$ref"].rpartition("/")[2]]
        return "mapping" if definition.get("type") == "object" else _kind(definition, definitions)
    if options := schema.get("anyOf") or schema.get("oneOf"):
        names = options[0].get("enum", [])
        if names == list(METRICS):
            return "[metric](#metrics)"
        return " or ".join(dict.fromkeys(_kind(option, definitions) for option in options))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("items", {}).keys() & {"enum", "anyOf"}:
        return f"list of {_kind(schema['items'], definitions)}"
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
