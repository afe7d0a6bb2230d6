"""JSON Schemas for editors and the reference of all keys, generated from the models.

python -m overfit.config.schema        # in the project's folder
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from overfit.config.compat import WrittenSettings
from overfit.config.config import Config
from overfit.config.datasets import DatasetEntry
from overfit.config.experiment_file import ExperimentFile, Variant
from overfit.config.keys import KEYS, SEARCHED
from overfit.config.reference import reference
from overfit.results import write_text

Schema = dict[str, Any]
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def documents() -> dict[str, str]:
    """All generated files: path below the project's folder, content."""
    schemas = {
        "experiment": experiment_schema(),
        "config": config_schema(),
        "datasets": datasets_schema(),
    }
    files = {
        f"workflow/schemas/{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False)
        for name, schema in schemas.items()
    }
    return {path: text + "\n" for path, text in files.items()} | {"config/README.md": reference()}


def experiment_schema() -> Schema:
    """Of a file in `config/experiments`."""
    schema = _schema(ExperimentFile)
    definitions = schema["$defs"] | _partial_settings()
    variant = _schema(Variant)
    definitions |= variant.pop("$defs", {})
    settings = definitions["Settings"]
    definitions["Variant"] = settings | {
        "title": "Variant",
        "description": variant["description"],
        "properties": variant["properties"] | settings["properties"],
    }
    keys = schema["properties"]
    keys["base"] = _described("Settings", keys["base"])
    keys["variants"]["additionalProperties"] = {"$ref": "#/$defs/Variant"}
    keys["grid"]["propertyNames"] = {"enum": list(KEYS)}
    definitions["Search"]["properties"]["space"]["propertyNames"] = {"enum": SEARCHED}
    definitions = dict(sorted(definitions.items()))
    return {"$schema": _DRAFT, **_extending(schema), "$defs": definitions}


def _extending(schema: Schema) -> Schema:
    """In a file that extends another, nothing is required, and null deletes what is inherited."""
    keys = schema["properties"]
    for mapping in ("variants", "grid"):
        keys[mapping]["additionalProperties"] = _or_null(keys[mapping]["additionalProperties"])
    nullable = {key: value if key == "extends" else _or_null(value) for key, value in keys.items()}
    extends = {"properties": {"extends": {"type": "string"}}, "required": ["extends"]}
    alone = {"required": schema["required"]}
    rest = {key: value for key, value in schema.items() if key != "required"}
    return rest | {"properties": nullable, "if": extends, "else": alone}


def config_schema() -> Schema:
    """Of `config/config.yaml` and the presets."""
    schema = _schema(Config)
    for key in ("defaults", "override"):
        schema["properties"][key] = _described("Settings", schema["properties"][key])
    return {"$schema": _DRAFT, **schema, "$defs": _partial_settings()}


def datasets_schema() -> Schema:
    """Of `config/datasets.yaml`."""
    catalogue = TypeAdapter[Any](dict[str, DatasetEntry]).json_schema()
    return {"$schema": _DRAFT, "title": "Datasets", **catalogue}


def _schema(model: type[Config | ExperimentFile | Variant | WrittenSettings]) -> Schema:
    return model.model_json_schema()


def _described(definition: str, described: Mapping[str, Any]) -> Schema:
    return {"$ref": f"#/$defs/{definition}", "description": described["description"]}


def _partial_settings() -> dict[str, Schema]:
    """Settings in part: nothing is required, and null deletes."""
    schema = _schema(WrittenSettings)
    definitions: dict[str, Schema] = schema.pop("$defs") | {"Settings": schema}
    for definition in definitions.values():
        definition.pop("required", None)
        for key, value in definition["properties"].items():
            if "const" not in value:
                definition["properties"][key] = _or_null(value)
    return definitions


def _or_null(schema: Schema) -> Schema:
    kept = {key: schema[key] for key in ("title", "description", "default") if key in schema}
    rest = {key: value for key, value in schema.items() if key not in kept}
    # A part of a mapping may fit several kinds, so "one of" becomes "any of".
    options = rest[next(iter(rest))] if list(rest) in (["anyOf"], ["oneOf"]) else [rest]
    if {"type": "null"} not in options:
        options = [*options, {"type": "null"}]
    return kept | {"anyOf": options}


if __name__ == "__main__":
    for path, text in documents().items():
        write_text(Path(path), text)
        print(path)
