"""Two checkouts share what they have trained, and the results of two machines become one."""

from contextlib import chdir

import pytest

from overfit.command.merge import main, merge
from overfit.command.studies import study_of
from overfit.data.prepare import prepare
from overfit.data.subsets import write_subsets
from overfit.jobs import training
from overfit.jobs.plan import Plan
from overfit.results import MADE_BY, RESULTS, Results

from .conftest import TINY


def trained(folder):
    """Do the jobs of the smallest study up to its histories, as the workflow does them."""
    with chdir(folder):
        plan = Plan(study_of(TINY[1:]))
        study = plan.study
        for job in plan.jobs:
            if job.rule not in ("dataset", "subset", "train"):
                continue
            token = MADE_BY.set(plan.digest_of(job))
            if job.rule == "dataset":
                (name,) = job.names
                prepare(name, study.datasets[name], RESULTS.dataset(name).root)
            elif job.rule == "subset":
                write_subsets(study.subsets[job.names[0]], job.names[1], RESULTS)
            else:
                run, block = job.names
                training.write_block(study.runs[run], plan.recording_of(run, block), block, RESULTS)
            MADE_BY.reset(token)
    return sorted((folder / "results").glob("runs/*/*-????.parquet"))


@pytest.fixture
def other(small, tmp_path):
    """Another folder with the same configuration, and results."""
    folder = tmp_path / "other"
    for name in ("config", "tests"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(small.folder / name)
    return folder


def test_what_another_checkout_has_trained_is_not_trained_again(small, other, capsys):
    """One of its blocks is damaged: this one alone is not copied, and is trained here."""
    damaged, *whole = trained(other)
    content = damaged.read_bytes()
    damaged.write_bytes(content[:-1] + b"!")
    with chdir(small.folder):
        assert main([str(other), *TINY]) == 0
    assert "1 of dataset, 2 of subset, 3 of train" in capsys.readouterr().out
    for path in whole:
        here = small.folder / path.relative_to(other)
        assert here.read_bytes() == path.read_bytes()
    planned = small.planned(*TINY)
    assert {rule: n for rule, n in planned.items() if "train" in rule} == {"train": 1}, planned
    assert not {"subset", "dataset"} & planned.keys()
    damaged.write_bytes(content)
    with chdir(small.folder):
        plan = Plan(study_of(TINY[1:]))
        assert merge(plan, Results(other / "results")) == {"train": 1}
        assert merge(plan, Results(other / "results")) == {}


def test_results_of_other_settings_are_left_there(small, other):
    trained(other)
    settings = small.folder / "tests/own.yaml"
    settings.write_text("override: {train: {epochs: 3}}\n")
    with chdir(small.folder):
        plan = Plan(study_of([*TINY[1:], "tests/own.yaml"]))
        assert merge(plan, Results(other / "results")) == {"dataset": 1, "subset": 2}
