"""The text of an experiment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def source_text(plan: Mapping[str, Any], root: Path = Path()) -> str:
    """The YAML text of an experiment, and below it the files that it extends, nearest first.

    Args:
        plan: the experiment's plan.
        root: the folder that its paths start from.
    """
    own = (root / plan["source"]).read_text("utf-8")
    extended = [f"\n# {file}\n{(root / file).read_text('utf-8')}" for file in plan["extends"]]
    return "".join([own, *extended])
