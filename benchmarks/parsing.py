"""Times the reading of a large configuration: 100 experiment files with 2,000 runs.

python benchmarks/parsing.py     # in the project's folder

Every start of Snakemake reads, checks and expands all files, and so does every job on a cluster.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from overfit.config.study import load_study

ROOT = Path(__file__).resolve().parents[1]
FILES = 100
EXPERIMENT = """\
title: Experiment {number}
question: What does it depend on?
base:
  data: {{dataset: mnist-5k, train: {images}, validation: 100}}
  train: {{optimizer: {{name: sgd, lr: 0.01}}, batch_size: 100, epochs: 20}}
variants:
  baseline: {{}}
  dropout: {{dropout: {{rate: 0.2}}}}
  batch_norm: {{batch_norm: true, compat: book}}
  l2: {{penalty: {{l2: 0.1}}}}
grid:
  train.optimizer.lr: [0.1, 0.03, 0.01, 0.003, 0.001]
seeds: 10
figures:
  - {{kind: metric_by_axis, axis: train.optimizer.lr, metrics: [gap]}}
claims:
  - id: narrows-the-gap
    says: Dropout narrows the gap.
    test: {{difference: gap, of: dropout, minus: baseline, over: all, expect: below,
           margin: 0.02}}
"""


def write_large_project(folder: Path, files: int = FILES) -> None:
    """A copy of the project with `files` experiments of 20 runs each, and no others."""
    for name in (
        "Snakefile",
        "workflow",
        "config",
        "profiles",
        "environment.yml",
        "requirements.txt",
        "pyproject.toml",
    ):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, folder / name)
    experiments = folder / "config/experiments"
    for path in experiments.iterdir():
        path.unlink()
    for number in range(files):
        text = EXPERIMENT.format(number=number, images=200 + 2 * number)
        (experiments / f"experiment_{number:04d}.yaml").write_text(text, encoding="utf-8")


def loading(folder: Path) -> tuple[float, int]:
    """Seconds that `load_study` takes, and the number of runs."""
    file = folder / "config/config.yaml"
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    start = time.perf_counter()
    study = load_study(config, root=folder, config_files=[file])
    return time.perf_counter() - start, len(study.runs)


def dry_run(folder: Path) -> float:
    """Seconds that `snakemake -n` takes."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "--quiet"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ""},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="the best of so many is shown")
    repeats = range(parser.parse_args().repeats)
    with tempfile.TemporaryDirectory() as name:
        large = Path(name)
        write_large_project(large)
        for what, folder in (("shipped", ROOT), (f"{FILES} files", large)):
            timed = [loading(folder) for _ in repeats]
            runs = timed[0][1]
            print(f"load_study, {what}, {runs} runs: {min(s for s, _ in timed):.3f} s")
        print(f"snakemake -n, {FILES} files: {min(dry_run(large) for _ in repeats):.1f} s")


if __name__ == "__main__":
    main()
