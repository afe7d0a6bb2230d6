"""What a user feeds in is data: it runs no code, writes nowhere else, and is text on a page."""

import io
import os
import pickle
import zipfile

import numpy as np
import pytest

from overfit.config.problems import ConfigurationError
from overfit.config.study import load_study
from overfit.data.checked import DataError, read_arrays, read_table

from .conftest import TINY

HOSTILE = "</title><script>alert(1)</script>'\"; touch pwned; $(touch pwned) `touch pwned` {config}"
EXPERIMENT = """\
title: {text}
question: {text}
text: {text}
cites: {text}
variants:
  plain: {{label: {text}}}
  l2: {{penalty: {{l2: 0.1}}}}
figures: [{{kind: learning_curves, caption: {text}}}]
claims:
  - id: hostile
    says: {text}
    test: {{difference: gap, of: l2, minus: plain, expect: below, margin: 0.02}}
"""


class Touch:
    """Runs a command when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def yaml_text(text):
    return "'" + text.replace("'", "''") + "'"


def test_text_with_html_and_shell_in_it_stays_text(small):
    for path in (small.folder / "config/experiments").glob("*.yaml"):
        path.unlink()
    experiment = small.folder / "config/experiments/hostile.yaml"
    experiment.write_text(EXPERIMENT.format(text=yaml_text(HOSTILE)))
    overlay = small.folder / "tests/tiny.yaml"
    overlay.write_text(overlay.read_text().replace("[pair]", "[hostile]"))
    before = {path.name for path in small.folder.iterdir()}
    small.run("results/report.html", "--cores", "2", "--config", "seeds=2", *TINY)
    made = {path.name for path in small.folder.iterdir()} - before
    assert made <= {"results", ".snakemake"}
    assert not list(small.folder.rglob("pwned"))
    page = (small.folder / "results/report.html").read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    for figure in small.folder.glob("results/experiments/*/figures/*.svg"):
        assert "<script>" not in figure.read_text()


BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
)


@pytest.mark.parametrize(
    ("replaced", "by", "said"),
    [
        ("title: A pair", "title: !!python/object/apply:os.system [touch pwned]", "title"),
        ("  baseline: {}", "  ../../escaped: {}", "variants"),
        ("  baseline: {}", "  baseline: {data: {dataset: ../../../etc}}", "data.dataset"),
        ("- id: narrows-the-gap", "- id: ../../escaped", "claims"),
        ("title: A pair", "title: A pair\n" + BOMB, "more than 20000 values"),
        ("title: A pair", "title: " + "x" * 1_100_000, "larger than 1000 kB"),
        ("title: A pair", "title: " + "[" * 5000, "nested"),
    ],
    ids=["object", "variant", "dataset", "claim", "bomb", "size", "depth"],
)
def test_hostile_yaml_is_refused_before_anything_runs(
    repository, tmp_path, monkeypatch, replaced, by, said
):
    import yaml

    (tmp_path / "config/experiments").mkdir(parents=True)
    (tmp_path / "config/datasets.yaml").write_bytes(
        (repository / "config/datasets.yaml").read_bytes()
    )
    text = (repository / "tests/pair.yaml").read_text()
    assert replaced in text
    hostile = tmp_path / "config/experiments/pair.yaml"
    hostile.write_text(text.replace(replaced, by, 1))
    monkeypatch.chdir(tmp_path)
    config = yaml.safe_load((repository / "config/config.yaml").read_text())
    with pytest.raises(ConfigurationError, match=said):
        load_study(config, root=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


@pytest.mark.parametrize("name", ["../escaped", "x; touch pwned", "$(touch pwned)", "a/b"])
def test_an_experiment_is_never_looked_for_elsewhere(small, name):
    assert "unknown experiment" in small.mistake(experiments=[name])
    assert not list(small.folder.rglob("*pwned*"))
    assert not list(small.folder.rglob("*escaped*"))


def test_a_pickle_in_an_array_file_is_refused(tmp_path):
    path = tmp_path / "subset.npz"
    np.savez(path, train=np.array([Touch(tmp_path / "pwned")], dtype=object))
    with pytest.raises(DataError, match="damaged"):
        read_arrays(path)
    assert not (tmp_path / "pwned").exists()


def test_an_array_that_claims_to_be_huge_takes_no_memory(tmp_path):
    """A header may say anything; the data behind it is what is read."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (10**14,)}
    )
    path = tmp_path / "subset.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("train.npy", header.getvalue())
    with pytest.raises((DataError, MemoryError)):
        read_arrays(path)


def test_a_pickle_called_parquet_is_refused(tmp_path):
    path = tmp_path / "0000-0001.parquet"
    path.write_bytes(pickle.dumps(Touch(tmp_path / "pwned")))
    with pytest.raises(DataError, match="damaged"):
        read_table(path)
    assert not (tmp_path / "pwned").exists()
