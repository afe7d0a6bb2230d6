"""Write the JSON Schemas and config/README.md from the models of the configuration.

python docs/reference/make.py [--check] [FOLDER]

FOLDER is a copy of the project; by default it is this one. With `--check` nothing is written. If
files are out of date, they are listed and the exit code is 1.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

HERE = Path(__file__).resolve().parent
parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
parser.add_argument("--check", action="store_true")
parser.add_argument("folder", type=Path, nargs="?", default=HERE.parents[1])
ARGUMENTS = parser.parse_args()
ROOT = ARGUMENTS.folder.resolve()
sys.path[:0] = [str(ROOT / "workflow")]

from overfit.config.model import Model  # noqa: E402

# The string below each field becomes its description. Only here: pydantic parses the sources of all
# models for it, which takes a tenth of a second that every job would wait for.
Model.model_config["use_attribute_docstrings"] = True

from overfit.claims.best import Best  # noqa: E402
from overfit.claims.claim import KINDS as TESTS  # noqa: E402
from overfit.claims.claim import Claim  # noqa: E402
from overfit.claims.kind import Test  # noqa: E402
from overfit.claims.kinds.interaction import Versus  # noqa: E402
from overfit.config.config import Config  # noqa: E402
from overfit.config.experiment_file import (  # noqa: E402
    ExperimentFile,
    MeasuredVariant,
    Reported,
    Variant,
)
from overfit.config.names import NAMED, Metric  # noqa: E402
from overfit.config.parts import inline, models  # noqa: E402
from overfit.config.resolving import (  # noqa: E402
    CONVENTIONS,
    KEYS,
    SEARCHED,
    WrittenSettings,
)
from overfit.config.search import Objective, Search  # noqa: E402
from overfit.config.settings import (  # noqa: E402
    Data,
    EarlyStopping,
    Evaluation,
    Network,
    Penalty,
    Train,
)
from overfit.data.catalogue import SOURCES, DatasetEntry  # noqa: E402
from overfit.data.readers import Dataset  # noqa: E402
from overfit.data.readers.synthetic import GENERATORS  # noqa: E402
from overfit.figures.found import KINDS as FIGURES  # noqa: E402
from overfit.metrics.measurements import Column, Measurements  # noqa: E402
from overfit.metrics.table import (  # noqa: E402
    METRICS,
    SEARCH_METRICS,
    WHOLE_RUN,
    alone,
    metric,
    quantities,
)
from overfit.results import write_text  # noqa: E402
from overfit.search.dimensions import DIMENSIONS  # noqa: E402
from overfit.search.methods import methods  # noqa: E402
from overfit.trainers import trainers  # noqa: E402

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
IN_TEMPLATE: list[type[BaseModel]] = [
    Config, ExperimentFile, Variant, Search, Objective, Data, Network, Penalty,
    Train, EarlyStopping, Evaluation, Claim, Test, Best, Versus, Reported, Dataset,
    Measurements, Column, MeasuredVariant,
]  # fmt: skip


def documents() -> dict[str, str]:
    """All generated files: path below the project's folder, content."""
    schemas = {
        "experiment": experiment_schema(),
        "config": config_schema(),
        "datasets": schema_of(dict[str, DatasetEntry]) | {"title": "Datasets"},
    }
    found = {"config/README.md": reference()}
    for name, schema in schemas.items():
        text = json.dumps({"$schema": DRAFT, **schema}, indent=2, ensure_ascii=False)
        found[f"workflow/schemas/{name}.schema.json"] = f"{text}\n"
    return found


class Short(GenerateJsonSchema):
    """JSON Schemas in few lines: without a title for each key, which would repeat the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        return False

    def nullable_schema(self, schema: Any) -> Schema:
        """For optional values."""
        return or_null(self.generate_inner(schema["schema"]))


def schema_of(model: Any) -> Schema:
    """The JSON Schema of a model or type."""
    return TypeAdapter(model).json_schema(schema_generator=Short)


def experiment_schema() -> Schema:
    """The schema of files in `config/experiments`."""
    schema = schema_of(ExperimentFile)
    variant = schema_of(Variant)
    definitions = schema.pop("$defs") | variant.pop("$defs") | partial_settings()
    settings = definitions["Settings"]
    definitions["Variant"] = settings | {
        "title": "Variant",
        "description": variant["description"],
        "properties": {
            **variant["properties"],
            **settings["properties"],
            "value": schema_of(MeasuredVariant)["properties"]["value"],
        },
    }
    keys = schema["properties"]
    keys["base"] = {"$ref": "#/$defs/Settings", "description": keys["base"]["description"]}
    (pattern,) = keys["variants"].pop("patternProperties")
    keys["variants"]["propertyNames"] = {"pattern": pattern}
    keys["variants"]["additionalProperties"] = or_null({"$ref": "#/$defs/Variant"})
    keys["grid"]["additionalProperties"] = or_null(keys["grid"]["additionalProperties"])
    definitions["Search"]["properties"]["space"]["propertyNames"] = {"enum": SEARCHED}
    # A file that extends another needs no key, and null deletes what it inherits.
    nullable = {key: value if key == "extends" else or_null(value) for key, value in keys.items()}
    required = schema.pop("required")
    extends = {"properties": {"extends": {"type": "string"}}, "required": ["extends"]}
    schema |= {"properties": nullable, "if": extends, "else": {"required": required}}
    trained = {"grid": {"propertyNames": {"enum": list(KEYS)}}}
    # Measurements have axes of their own.
    schema["allOf"] = [{"if": {"required": ["measurements"]}, "else": {"properties": trained}}]
    definitions = naming_metrics(definitions) | {"Metric": schema_of(Metric)}
    return naming_metrics(schema) | {"$defs": dict(sorted(definitions.items()))}


def naming_metrics(value: Any) -> Any:
    """A schema that refers to a definition of metrics instead of repeating it."""
    if isinstance(value, list):
        return [naming_metrics(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: naming_metrics(item) for key, item in value.items()}
    metrics, options = schema_of(Metric)["anyOf"], found.get("anyOf", [])
    if options == metrics:
        del found["anyOf"]
        return {"$ref": "#/$defs/Metric", **found}
    if options == [*metrics, {"type": "null"}]:
        found["anyOf"] = [{"$ref": "#/$defs/Metric"}, {"type": "null"}]
    return found


def config_schema() -> Schema:
    """The schema of `config/config.yaml` and the presets."""
    schema = schema_of(Config)
    for key in ("defaults", "override"):
        about = schema["properties"][key]["description"]
        settings = "experiment.schema.json#/$defs/Settings"
        schema["properties"][key] = {"$ref": settings, "description": about}
    return schema


def partial_settings() -> dict[str, Schema]:
    """The definitions of settings in part: nothing is required, and null deletes."""
    schema = schema_of(WrittenSettings)
    definitions: dict[str, Schema] = schema.pop("$defs") | {"Settings": schema}
    for definition in definitions.values():
        definition.pop("required", None)
        for key, value in definition["properties"].items():
            if "const" not in value:
                definition["properties"][key] = or_null(value)
    return definitions


def or_null(schema: Schema) -> Schema:
    """A schema that allows null, too."""
    kept = {key: schema[key] for key in ("title", "description", "default") if key in schema}
    rest = {key: value for key, value in schema.items() if key not in kept}
    if isinstance(rest.get("type"), str) and not {"enum", "const"} & rest.keys():
        return kept | rest | {"type": [rest["type"], "null"]}
    # A part of a mapping may fit several kinds, so "one of" becomes "any of".
    options = rest[next(iter(rest))] if list(rest) in (["anyOf"], ["oneOf"]) else [rest]
    if {"type": "null"} not in options:
        options = [*options, {"type": "null"}]
    return kept | {"anyOf": options}


def reference() -> str:
    """The text of config/README.md."""
    loader = jinja2.FileSystemLoader(HERE)
    environment = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined)  # noqa: S701
    environment.globals |= {model.__name__: model for model in IN_TEMPLATE}
    text = environment.get_template("configuration.md.jinja").render(
        conventions=conventions,
        section=section,
        sections=sections,
        kinds=kinds,
        switched=switched,
        models=models,
        rows=lambda meanings: "\n".join(
            f"| `{name}` | {text} |" for name, text in meanings.items()
        ),
        table=table,
        DIMENSIONS=DIMENSIONS,
        FIGURES=FIGURES,
        GENERATORS=GENERATORS,
        METHODS={name: method.about() for name, method in methods().items()},
        RUN_METRICS={name: one.meaning for name, one in METRICS.items()},
        SEARCH_METRICS={name: one.meaning for name, one in SEARCH_METRICS.items()},
        SOURCES=SOURCES,
        WHOLE_RUN=WHOLE_RUN,
        TESTS=TESTS,
        TRAINERS=trainers(),
        PROBE_METRICS={
            name: f"{metric(name).meaning}; needs `probes: [{probe}]`"
            for name, probe in alone().items()
        },
        whole_quantities=", ".join(
            f"`{probe}.{name}`"
            for probe, own in quantities().items()
            for name, quantity in own.items()
            if quantity.whole and quantity.layers
        ),
    )
    return f"{text}\n"


def table(what: str, meanings: Mapping[str, str]) -> str:
    """Names with their meanings."""
    return rows_below([what, "meaning"], (f"`{name}` | {text}" for name, text in meanings.items()))


def conventions() -> str:
    """The settings of each bundle of conventions."""
    return "\n\n".join(
        rows_below(
            ["setting", f"with `compat: {name}`"],
            (f"`{key}` | {literal(value)}" for key, value in bundle.items()),
        )
        for name, bundle in CONVENTIONS.items()
    )


def section(depth: int, title: str, model: type[BaseModel], note: str = "") -> str:
    """A heading, what a model is, and its keys."""
    parts_ = [f"{'#' * depth} {title}", inspect.cleandoc(model.__doc__ or "")]
    parts_ += [note] if note else []
    skipped = described_above(model)
    rows = [f"`{key}` | {row}" for key, row in keys_of(model) if key not in skipped]
    if rows:
        parts_.append(rows_below(["key", "value", "default", "meaning"], rows))
    return "\n\n".join(parts_)


def sections(depth: int, kinds_: Mapping[str, type[BaseModel]]) -> str:
    """A section for each kind."""
    return "\n\n".join(section(depth, f"`{name}`", model) for name, model in kinds_.items())


def switched(kind: str, above: str) -> str:
    """The parts that are keys of their own, each followed by a blank line."""
    text = ""
    for name, model in models(kind).items():
        if not inline(kind, name):
            needs = any(field.is_required() for field in model.model_fields.values())
            note = "`null` is off." if needs else "`true` is on with defaults, `null` is off."
            text += section(3, f"`{above}{name}`", model, note) + "\n\n"
    return text


def kinds(title: str, what: str, kinds_: Mapping[str, type[BaseModel]]) -> str:
    """A part that comes in several kinds: the kinds, then the keys that some of them have."""
    meanings = {name: inspect.cleandoc(model.__doc__ or "") for name, model in kinds_.items()}
    owners: dict[tuple[str, str], list[str]] = {}
    for name, model in kinds_.items():
        for key, row in keys_of(model):
            if key != "name":
                owners.setdefault((key, row), []).append(f"`{name}`")
    keys = [
        f"`{key}` | {'all' if len(names) == len(kinds_) else ', '.join(names)} | {row}"
        for (key, row), names in owners.items()
    ]
    head = ["key", "of", "value", "default", "meaning"]
    return f"### {title}\n\n{table(what, meanings)}\n\n{rows_below(head, keys)}"


def rows_below(head: list[str], rows: Iterator[str] | list[str]) -> str:
    """A table in Markdown."""
    lines = [" | ".join(head), " | ".join("---" for _ in head), *rows]
    return "\n".join(f"| {line} |" for line in lines)


def described_above(model: type[BaseModel]) -> set[str]:
    """The keys that another section describes: those that all figures, tests or sources share."""
    if model in FIGURES.values():
        return {"kind", "name", "caption", "cites"}
    if model in SOURCES.values():
        return {"source", *Dataset.model_fields}
    if model in TESTS.values():
        common, ours = Test.model_fields, model.model_fields
        return {key for key in common if common[key].description == ours[key].description}
    return set()


def keys_of(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Each key of a model with the rest of its row: value, default, meaning."""
    schema = schema_of(model)
    for key, value in schema["properties"].items():
        required = key in schema.get("required", ())
        default = "required" if required else shown_default(value.get("default"))
        meaning = " ".join(value.get("description", "").split())
        yield key, f"{kind_of(value, schema.get('$defs', {}))} | {default} | {meaning}"


def shown_default(default: Any) -> str:
    """A default as the reference shows it; nothing for those that are nothing or long."""
    if default == ["all"]:
        return "`all`"
    if isinstance(default, dict) and list(default) == ["name"]:
        return f"`{default['name']}`"
    return "" if default in (None, "") or isinstance(default, dict | list) else literal(default)


def literal(value: Any) -> str:
    """A value as YAML writes it."""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def kind_of(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """The values that a schema allows, in words."""
    if "$ref" in schema:
        definition = definitions[schema["$ref"].rpartition("/")[2]]
        if definition.get("type") == "object":
            return "mapping"
        return kind_of(definition, definitions)
    if options := schema.get("anyOf") or schema.get("oneOf"):
        if options[0].get("enum") == NAMED:
            return "[metric](#metrics)"
        return " or ".join(dict.fromkeys(kind_of(option, definitions) for option in options))
    if values := schema.get("enum") or [schema[key] for key in ("const",) if key in schema]:
        return ", ".join(f"`{value}`" for value in values)
    if schema.get("items", {}).keys() & {"enum", "anyOf"}:
        return f"list of {kind_of(schema['items'], definitions)}"
    names = {
        "array": "list",
        "object": "mapping",
        "string": "text",
        "integer": "whole number",
        "boolean": "`true`, `false`",
        "null": "`null`",
    }
    bounds = {
        "exclusiveMinimum": "above",
        "minimum": "at least",
        "exclusiveMaximum": "below",
        "maximum": "at most",
    }
    limits = [f"{text} {schema[key]:.15g}" for key, text in bounds.items() if key in schema]
    types = schema.get("type", [])
    first, *others = [names.get(one, one) for one in ([types] if isinstance(types, str) else types)]
    return " or ".join([f"{first} {', '.join(limits)}".strip(), *others])


def main() -> None:
    """Write the files, or list those that are out of date."""
    outdated = [
        path
        for path, text in documents().items()
        if not (ROOT / path).is_file() or (ROOT / path).read_text(encoding="utf-8") != text
    ]
    if not ARGUMENTS.check:
        for path in outdated:
            write_text(ROOT / path, documents()[path])
    for path in outdated:
        print(path)
    sys.exit(1 if ARGUMENTS.check and outdated else 0)


if __name__ == "__main__":
    main()
