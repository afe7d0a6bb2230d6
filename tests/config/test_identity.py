"""What makes a run another run, and what does not."""

import pytest

PLAIN = "config/experiments/plain.yaml"
GRID = "config/experiments/grid.yaml"


def settings(project, experiment="plain", cell=0, **options):
    return project.load(**options).experiments[experiment].cells[cell].run.settings


def test_runs_are_shared_between_experiments(project):
    study = project.load()
    assert study.experiments["plain"].runs[0] == study.experiments["searched"].runs[0]
    asked = [run for experiment in study.experiments.values() for run in experiment.runs]
    assert len(study.runs) == len(set(asked)) == len(asked) - 1


def test_words_for_readers_change_no_run(project):
    before = project.load()
    project.edit(PLAIN, "title: Plain", "title: Other\ntext: Look here.\ncites: Someone")
    project.edit(PLAIN, "  dropout:\n    dropout", "  dropout:\n    label: Half\n    dropout")
    project.edit(PLAIN, "margin: 0.02", "margin: 0.03")
    project.edit(PLAIN, "kind: learning_curves", "kind: learning_curves\n    caption: Curves")
    after = project.load()
    assert after.experiments["plain"].runs == before.experiments["plain"].runs
    assert after.experiments["plain"].plan()["variants"]["dropout"] == {"label": "Half"}


def test_renaming_experiments_and_variants_changes_no_run(project):
    before = set(project.load().runs)
    text = (project.root / PLAIN).read_text()
    (project.root / PLAIN).unlink()
    project.write("config/experiments/renamed.yaml", text.replace("baseline", "reference"))
    assert set(project.load().runs) == before


@pytest.mark.parametrize(
    "change",
    [
        ("lr: 0.1", "lr: 0.2"),
        ("epochs: 5", "epochs: 6"),
        ("epochs: 5", "epochs: 5\n  evaluation: {points: 7}"),
        ("max_runs: 50", "root_seed: 5"),
        ("[20, 20]", "[20, 21]"),
    ],
)
def test_all_that_decides_numbers_changes_all_runs(project, change):
    before = set(project.load().runs)
    project.edit("config/config.yaml", *change)
    changed = before - set(project.load().runs)
    searched = {run for run in before if "searched" in run}
    assert changed in (before, before - searched)


def test_a_searched_run_depends_on_its_search_and_not_on_what_is_found(project):
    before = project.load()
    project.edit("config/config.yaml", "lr: 0.1", "lr: 0.2")
    assert project.load().searches == before.searches
    project.edit("config/experiments/searched.yaml", "trials: 20", "trials: 21")
    after = project.load()
    assert not after.searches.keys() & before.searches.keys()
    assert after.experiments["searched"].runs[1] != before.experiments["searched"].runs[1]


def test_the_order_of_the_searched_keys_changes_nothing(project):
    file = "config/experiments/searched.yaml"
    lr = "        train.optimizer.lr: {log_uniform: [1.0e-6, 1.0e-2]}\n"
    l2 = "        penalty.l2: {log_uniform: [1.0e-8, 1.0e-4]}\n"
    project.edit(file, lr, lr + l2)
    before = project.load()
    project.edit(file, lr + l2, l2 + lr)
    after = project.load()
    assert [search.to_yaml() for search in after.searches.values()] == [
        search.to_yaml() for search in before.searches.values()
    ]
    assert after.runs.keys() == before.runs.keys()


def test_the_names_of_runs_stay_from_version_to_version(project):
    study = project.load()
    assert study.experiments["plain"].runs == (
        "digits-n100-2x20-relu-f0d614c2",
        "digits-n100-2x20-relu-dropout_0.5-4e1170c7",
    )
    assert list(study.searches) == [("digits-n100-2x20-relu-searched-54148e58", "random")]
    assert list(study.subsets) == ["digits-n100-v50-afa92014"]


def test_a_search_trains_on_a_seed_that_no_run_has(project):
    study = project.load()
    (search,) = study.searches.values()
    assert search.seeds == range(1_000_000, 1_000_001)
    assert search.subset_id in study.subsets
    run = study.runs[study.experiments["searched"].runs[1]]
    assert (run.search.search, run.search.method) == (search.id, "random")
    assert run.search.finds == ("train.optimizer.lr",)
    assert search.blocks(8) == ["0000-0007", "0008-0015", "0016-0019"]
