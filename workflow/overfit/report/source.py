"""The text of an experiment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


def source_text(plan: Mapping[str, Any], root: Path = Path()) -> str:
    """The YAML text of an experiment; below it what the configuration changes, what it extends.

    Args:
        plan: the experiment's plan.
        root: the folder that its paths start from.
    """
    own = (root / plan["source"]).read_text("utf-8")
    extended = [f"\n# {file}\n{(root / file).read_text('utf-8')}" for file in plan["extends"]]
    changed = ["\n# changed by the configuration\n", _yaml(plan["changes"])]
    return "".join([own, *(changed if plan["changes"] else []), *extended])


def _yaml(values: Mapping[str, Any]) -> str:
    plain = json.loads(json.dumps(values))
    return str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True))
