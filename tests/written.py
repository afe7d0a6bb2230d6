"""Experiments from their YAML text, read as the workflow reads them."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from overfit.config.experiment import Experiment
from overfit.config.study import Study, load_study

DATASETS = Path(__file__).parents[1] / "config/datasets.yaml"
DEFAULTS: dict[str, Any] = {
    "data": {"dataset": "mnist-5k", "train": 300, "validation": 500},
    "model": {"hidden": [100] * 6, "activation": "relu", "init": "he"},
    "train": {"optimizer": {"name": "sgd", "lr": 0.01}, "batch_size": 100, "epochs": 201},
    "evaluation": {"points": 40},
}


@cache
def shipped(repository: Path, *overlays: str) -> Study:
    """The atlas with files of `config` over its settings. Tests leave it as it is."""
    files = [repository / "config" / name for name in ("config.yaml", *overlays)]
    config: dict[str, Any] = {}
    for file in files:
        lay_over(config, yaml.safe_load(file.read_text(encoding="utf-8")))
    return load_study(config, root=repository, config_files=files)


def lay_over(config: dict[str, Any], overlay: dict[str, Any]) -> None:
    """As Snakemake merges configuration files."""
    for key, value in overlay.items():
        if isinstance(value, dict):
            lay_over(config.setdefault(key, {}), value)
        else:
            config[key] = value


def experiments(texts: dict[str, str], **config: Any) -> list[Experiment]:
    """The experiments of some files.

    Args:
        texts: the YAML text of each, by its name.
        config: keys of the configuration, over defaults for all settings.
    """
    with TemporaryDirectory() as folder:
        written = Path(folder) / "config/experiments"
        written.mkdir(parents=True)
        shutil.copy(DATASETS, written.parent)
        for name, text in texts.items():
            (written / f"{name}.yaml").write_text(text, encoding="utf-8")
        known = load_study({"experiments": "all", "defaults": DEFAULTS, **config}, root=folder)
    return [known.experiments[name] for name in texts]


def experiment(variants: dict[str, Any], **parts: Any) -> Experiment:
    """An experiment of these variants, with other keys of its file."""
    content = {"title": "Title", "question": "Does it?", "variants": variants, **parts}
    (made,) = experiments({"experiment": yaml.safe_dump(content, sort_keys=False)})
    return made
