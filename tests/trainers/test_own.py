"""A trainer that is a file of the user's project, and what is refused of it before any job."""

import pickle
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from overfit.config.parts import files_of
from overfit.config.problems import ConfigurationError
from overfit.config.settings import Settings
from overfit.config.specs import RunSpec
from overfit.data.checked import DataError
from overfit.data.prepare import prepare
from overfit.data.subsets import write_subsets
from overfit.jobs import code, tables, training
from overfit.jobs.plan import Plan
from overfit.metrics.table import metric
from overfit.results import RESULTS
from overfit.trainers import trainer
from tests.config.conftest import Project
from tests.peers import required_torch
from tests.trainers.agreeing import SMOKE, block, spec

PLAIN = "config/experiments/plain.yaml"
PAGE = Path(__file__).parents[2] / "docs/howto/trainer"
CONSTANT = '''\
"""A trainer that guesses."""
import numpy as np
from overfit.trainers import Trainer

class Guessing(Trainer):
    """Always the same class."""

    NEEDS = {"json": "nothing"}
    sure: float = 1.0

    def resources(self):
        return {"threads": 2}

    def train(self, task):
        logits = np.zeros(task.classes)
        logits[0] = self.sure
        for point in task.points:
            yield from task.scored(point, lambda inputs: np.tile(logits, (len(inputs), 1)))
'''


COUNTING = CONSTANT.replace(
    "from overfit.trainers import Trainer", "from overfit.trainers import Trainer, Value"
).replace(
    "    sure: float = 1.0\n",
    """\
    METRICS = {"guesses": {"name": "Right guesses", "unit": "images", "better": "higher"}}
    sure: float = 1.0
""",
)
COUNTING += """\
            right = float((task.test.labels == 0).sum())
            yield Value(point, "guesses", right + point + task.seed)
"""
CLAIM = """\
  - id: counts
    says: It guesses often.
    test: {level: guesses, of: baseline, value: 1, expect: above, margin: 0.5}
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A project that has its own trainer."""
    monkeypatch.chdir(tmp_path)
    trainer.cache_clear()
    project = Project(tmp_path)
    project.write("mine/guess.py", CONSTANT)
    project.edit(
        "config/experiments/plain.yaml", "baseline: {}", "baseline: {trainer: mine/guess.py}"
    )
    yield project
    trainer.cache_clear()
    sys.modules.pop("file_mine_guess_py", None)


def test_it_trains(own, digits):
    history = block(digits, {}, "mine/guess.py").history.to_pandas()
    # Classes are equally frequent in training sets, and each of ten is one guess in ten.
    assert history.loc[history["split"] == "train", "accuracy"].tolist() == [0.1] * 12
    assert set(history["run"]) == {spec({}, "mine/guess.py").id}


def test_its_file_its_resources_and_its_settings_are_those_of_the_run(own):
    study = own.load()
    (run,) = (one for one in study.runs.values() if "guess" in one.id)
    assert run.id != spec({}).id
    assert Path("mine/guess.py") in files_of(run)
    assert RunSpec.from_yaml(run.to_yaml()) == run == pickle.loads(pickle.dumps(run))  # noqa: S301
    surer = Settings.model_validate({**SMOKE, "trainer": {"name": "mine/guess.py", "sure": 2.0}})
    assert RunSpec(root_seed=1, settings=surer).id != spec({}, "mine/guess.py").id
    job = SimpleNamespace(run=run.id, block="0000-0003")
    assert (Plan(study).threads(job), Plan(study).gpus(job)) == (2, 0)


def test_what_it_imports_from_its_folder_is_found_and_counts(own, digits):
    """Also through other files, as packages, and inside functions."""
    inside = "        from helped_by.more import zeros\n        logits = zeros"
    own.edit("mine/guess.py", "        logits = np.zeros", inside)
    own.write("mine/helped_by/__init__.py", "")
    own.write("mine/helped_by/more.py", "import helping_more\nzeros = helping_more.np.zeros\n")
    own.write("mine/helping_more.py", "import numpy as np\n")
    (run,) = (one for one in own.load().runs.values() if "guess" in one.id)
    found = [file.as_posix() for file in code.loadable(files_of(run)) if not file.is_absolute()]
    assert found == [
        *("mine/guess.py", "mine/helped_by/__init__.py", "mine/helped_by/more.py"),
        "mine/helping_more.py",
    ]
    history = block(digits, {}, "mine/guess.py").history.to_pandas()
    assert history.loc[history["split"] == "train", "accuracy"].tolist() == [0.1] * 12


def test_the_core_is_in_no_id():
    named = RunSpec(root_seed=1, settings=Settings.model_validate({**SMOKE, "trainer": "numpy"}))
    plain = RunSpec(root_seed=1, settings=Settings.model_validate(SMOKE))
    assert named.id == plain.id


def test_what_it_reads_from_the_folder_are_its_arrays(own, digits, monkeypatch):
    """Data that don't fit into memory: unscaled, and without label noise."""
    seen = []

    def train(self, task):
        seen.append(task)
        yield from task.diverged(0)

    block(digits, {}, "mine/guess.py")
    monkeypatch.setattr(trainer("mine/guess.py"), "train", train)
    block(digits, {}, "mine/guess.py")
    for task in seen:
        images, labels = (
            np.load(task.folder / f"{name}.npy", "r") for name in ("images", "labels")
        )
        for split, examples in task.splits(task.budget).items():
            rows = task.rows[split]
            np.testing.assert_array_equal(labels[rows], examples.labels)
            np.testing.assert_allclose(images[rows] * np.float32(1 / 255), examples.inputs)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"json": "nothing"', '"nowhere_json": "jason"',
         "mine/guess.py needs nowhere_json, not installed; pip install 'jason'"),
        ("def train(", "def trains(",
         "mine/guess.py: Guessing has no train; write def train(self, task)"),
        ("import numpy as np", "import nump as np",
         "mine/guess.py:2: can't be used: ModuleNotFoundError: No module named 'nump'"),
        ("class Guessing(Trainer)", "class Guessing",
         "mine/guess.py: defines no Trainer; write class NAME(Trainer)"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_is_told_with_the_line_that_names_it(own, old, new, message):
    own.edit("mine/guess.py", old, new)
    assert own.messages() == [
        f"config/experiments/plain.yaml:7: variants.baseline.trainer: {message}"
    ]


def test_a_missing_package_matters_only_to_those_who_run_it(own):
    own.edit("mine/guess.py", '"json": "nothing"', '"nowhere_json": "jason"')
    own.load(command_line={"experiments": ["grid"]})


@pytest.fixture
def counting(own):
    """The project, whose trainer has a custom metric, which a claim and a figure are about."""
    own.write("mine/guess.py", COUNTING)
    own.edit(PLAIN, "claims:\n", f"  - {{kind: probe, metrics: [guesses]}}\nclaims:\n{CLAIM}")
    own.edit(
        PLAIN, "kind: probe", "kind: trade_off, variants: [baseline], x: test_loss, y: guesses"
    )
    own.edit(PLAIN, ", metrics: [guesses]", "")
    return own


def test_its_own_metric_goes_from_training_to_a_verdict(counting, repository):
    shutil.copy(repository / "config/datasets.yaml", counting.root / "config")
    counting.edit("config/config.yaml", "dataset: digits", "dataset: mnist-5k")
    study = counting.load(command_line={"experiments": ["plain"]})
    plain = study.experiments["plain"]
    plan, files = Plan(study), RESULTS.experiment("plain")
    for job in plan.jobs:
        match job.rule, job.names:
            case "dataset", (name,):
                prepare(name, study.datasets[name], RESULTS.dataset(name).root)
            case "subset", (subset, block):
                write_subsets(study.subsets[subset], block, RESULTS)
            case "train", (run, block):
                training.write_block(study.runs[run], plan.recording_of(run, block), block, RESULTS)
                assert all(output.exists() for output in job.outputs)
    read = plan.read_by_tables(SimpleNamespace(experiment="plain"))["probes"]
    assert [path.parent.name for path in read] == [plain.trained[0].run.id]
    tables.write_tables(plain.without_words(), RESULTS)
    found = pd.read_csv(files.metrics)
    found = found[found["metric"] == "guesses"]
    assert set(found["variant"]) == {"baseline"}
    ending = plain.trained[0].run.settings.train.epochs * 2  # 2 updates an epoch
    assert found["value"].tolist() == [200.0 + ending + seed for seed in range(4)]
    tables.write_claims(plain.claims, plain.grid, None, {}, files)
    claims = pd.read_csv(files.claims).set_index("claim")
    assert claims.loc["counts", "estimate"] == 200 + ending + 1.5 - 1
    assert metric("guesses").axis == "Right guesses (images)"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("of: baseline, value", "of: dropout, value",
         "plain.yaml:18: claims[0].test.level: dropout has no guesses: numpy doesn't declare it"),
        ("variants: [baseline], x", "x",
         "plain.yaml:14: figures[1].y: dropout has no guesses: numpy doesn't declare it"),
        ("level: guesses", "level: gueses",
         "plain.yaml:18: claims[0].test.level: unknown metric 'gueses'; did you mean guesses?"),
    ],
)  # fmt: skip
def test_a_metric_that_a_variant_does_not_have_is_told(counting, old, new, message):
    counting.edit(PLAIN, old, new)
    assert counting.messages() == [f"config/experiments/{message}"]


def test_its_own_metric_can_be_taken_where_runs_are_equally_well_trained(counting):
    counting.edit(PLAIN, "level: guesses", "level: guesses@train_accuracy=0.1")
    counting.load()
    counting.edit(PLAIN, "accuracy=0.1", "accuracy=2")
    (message,) = counting.messages()
    assert "2 is above 1, the accuracy of a perfect network" in message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"guesses": {', '"gap": {', "METRICS: gap: there is a metric gap already"),
        (
            '"higher"',
            '"more"',
            "METRICS: guesses.better: unknown value 'more'; allowed: higher, lower",
        ),
        ('"guesses": {', '"of classes": {', "METRICS: of classes: "),
    ],
)
def test_a_mistake_in_its_metrics_is_told(counting, old, new, message):
    counting.edit("mine/guess.py", old, new)
    first = counting.messages()[0]
    assert first.startswith(f"{PLAIN}:7: variants.baseline.trainer: mine/guess.py: {message}")


def test_two_trainers_can_not_mean_different_things_by_a_name(counting):
    other = COUNTING.replace("Right guesses", "Wrong guesses")
    counting.write("mine/other.py", other)
    counting.edit(
        PLAIN, "  dropout:\n    dropout:\n      rate: 0.5", "  dropout: {trainer: mine/other.py}"
    )
    assert "another trainer declares guesses with another name, unit or side" in "".join(
        counting.messages()
    )


def test_a_value_that_is_missing_is_one_line(counting, digits):
    counting.edit("mine/guess.py", 'yield Value(point, "guesses"', 'yield Value(point, "gueses"')
    with pytest.raises(DataError, match=r"values of \['gueses'\] at update 0, not of each"):
        block(digits, {}, "mine/guess.py")


@pytest.mark.parametrize("lost", ["nan", "inf"])
def test_a_network_that_diverges_has_no_value_and_prints_no_warning(counting, digits, lost):
    """A warning would be an error here."""
    counting.edit("mine/guess.py", "logits = np.zeros(task.classes)",
                  f"logits = np.full(task.classes, np.{lost})")  # fmt: skip
    found = block(digits, {}, "mine/guess.py", metrics=("guesses",))
    assert found.probes.to_pandas()["value"].isna().all()
    assert found.history.to_pandas()["diverged"].all()


def test_settings_that_it_does_not_use_are_refused_where_they_are_written(own):
    own.edit("config/experiments/plain.yaml", "trainer: mine/guess.py}",
             "trainer: {name: mine/guess.py, sur: 3}}")  # fmt: skip
    own.edit("config/experiments/plain.yaml", "    dropout:\n      rate: 0.5",
             "    trainer: mine/guess.py\n    dropout:\n      rate: 0.5")  # fmt: skip
    plain = "config/experiments/plain.yaml"
    assert own.messages() == [
        f"{plain}:7: variants.baseline.trainer.sur: unknown key; did you mean sure?",
        f"{plain}:11: variants.dropout.dropout.rate: mine/guess.py doesn't use dropout.rate; it "
        "uses none of these",
    ]


def test_a_trainer_for_all_matters_only_to_those_that_run(own):
    """Others may be unable to use it. All that run and can't are told at once."""
    override = {"trainer": "sklearn"}
    own.edit(PLAIN, "baseline: {trainer: mine/guess.py}", "baseline: {layer_norm: true}")
    study = own.load(command_line={"experiments": ["searched"], "override": override})
    assert {run.settings.trainer.called() for run in study.runs.values()} == {"sklearn"}
    with pytest.raises(ConfigurationError) as caught:
        own.load(command_line={"override": override})
    said = [str(one) for one in caught.value.problems if str(one).startswith(PLAIN)]
    assert [one.split(";")[0] for one in said] == [
        f"{PLAIN}:7: variants.baseline.layer_norm: sklearn doesn't use layer_norm",
        f"{PLAIN}:10: variants.dropout.dropout.rate: sklearn doesn't use dropout.rate",
    ]


def test_probes_are_refused_where_it_does_not_yield_weights(own):
    own.edit("config/experiments/plain.yaml", "seeds: 4", "seeds: 4\nprobes: [weights]")
    assert own.messages() == [
        "config/experiments/plain.yaml:12: probes: the trainer mine/guess.py can't record these"
    ]


def test_the_page_s_own_script_trains_as_it_stands(digits, tmp_path, monkeypatch):
    required_torch()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trainers").mkdir()
    shutil.copy(PAGE / "cnn.py", tmp_path / "trainers")
    adam = {"train.optimizer": {"name": "adam", "lr": 0.01}, "train.epochs": 10}
    history = block(digits, adam, "trainers/cnn.py").history.to_pandas()
    ends = history[history["update"] == 30].set_index(["seed", "split"])["accuracy"]
    assert (ends.xs("train", level="split") > 0.8).all()
    again = block(digits, adam, "trainers/cnn.py").history.to_pandas()
    assert history.equals(again)


def test_the_page_s_experiment_is_sound(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = Project(tmp_path)
    for name, place in {"cnn.py": "trainers", "convolutions.yaml": "config/experiments"}.items():
        (tmp_path / place).mkdir(exist_ok=True)
        shutil.copy(PAGE / name, tmp_path / place / name)
    required_torch()
    study = project.load(command_line={"experiments": ["convolutions"]})
    assert {one.settings.trainer.called() for one in study.runs.values()} == {
        "numpy",
        "trainers/cnn.py",
    }


@pytest.mark.parametrize("name", ["cnn.py", "convolutions.yaml"])
def test_the_page_shows_these_files(name):
    assert (PAGE / name).read_text() in PAGE.with_suffix(".md").read_text()
