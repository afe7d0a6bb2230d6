"""How long it takes to read a large configuration; `make parsing` measures it."""

import time

import yaml
from benchmarks.parsing import write_large_project

from overfit.config.study import load_study


def test_a_hundred_files_with_2000_runs_load_within_three_seconds(tmp_path):
    """Of processor time, so that a busy machine does not matter; about 0.3 s are usual."""
    write_large_project(tmp_path)
    file = tmp_path / "config/config.yaml"
    config = yaml.safe_load(file.read_text())
    start = time.process_time()
    study = load_study(config, root=tmp_path, config_files=[file])
    assert time.process_time() - start < 3
    assert (len(study.experiments), len(study.runs)) == (100, 2000)
