"""A trainer that is a file of the user's project, and what is refused of it before any job."""

import pickle
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from overfit.config.parts import files_of
from overfit.config.settings import Settings
from overfit.config.specs import RunSpec
from overfit.jobs.plan import Plan
from overfit.trainers import trainer
from tests.config.conftest import Project
from tests.peers import required_torch
from tests.trainers.agreeing import SMOKE, block, spec

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


def test_the_core_is_in_no_id():
    named = RunSpec(root_seed=1, settings=Settings.model_validate({**SMOKE, "trainer": "numpy"}))
    plain = RunSpec(root_seed=1, settings=Settings.model_validate(SMOKE))
    assert named.id == plain.id


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
