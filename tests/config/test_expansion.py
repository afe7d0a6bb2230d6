"""From settings to runs: layers, grids, what makes a run another run and what does not."""

import pytest
import yaml

from overfit.config.blocks import block_range, blocks
from overfit.config.specs import Recording, RunSpec, SearchSpec, SubsetSpec
from overfit.config.study import load_study

PLAIN = "config/experiments/plain.yaml"
GRID = "config/experiments/grid.yaml"


def settings(project, experiment="plain", cell=0, **options):
    return project.load(**options).experiments[experiment].cells[cell].run.settings


def test_base_lies_over_defaults_override_over_base_variants_over_all(project):
    project.edit("config/config.yaml", "epochs: 5", "epochs: 5\noverride: {train: {epochs: 7}}")
    project.edit(PLAIN, "    train: 100", "    train: 100\n  train: {epochs: 6, batch_size: 20}")
    project.edit(PLAIN, "      rate: 0.5", "      rate: 0.5\n    train: {epochs: 8}")
    baseline, dropout = (settings(project, cell=cell).train for cell in (0, 1))
    assert (baseline.epochs, baseline.batch_size, baseline.optimizer.lr) == (7, 20, 0.1)
    assert (dropout.epochs, dropout.batch_size) == (8, 20)


def test_the_grid_lies_over_the_override(project):
    project.edit("config/config.yaml", "epochs: 5", "epochs: 5\noverride: {model: {init: xavier}}")
    stds = [cell.run.settings.model.init.std for cell in project.load().experiments["grid"].cells]
    assert stds == [1.0, 0.1, 0.01] * 2


def test_lists_replace_and_null_turns_off(project):
    project.edit(
        "config/config.yaml", "epochs: 5", "epochs: 5\n  dropout: {rate: 0.5}\n  batch_norm: true"
    )
    project.edit(
        PLAIN, "baseline: {}", "baseline: {dropout: null, batch_norm: false, model: {hidden: [7]}}"
    )
    off = settings(project)
    assert (off.dropout, off.batch_norm, off.model.hidden) == (None, None, (7,))
    on = settings(project, cell=1)
    assert on.dropout.rate == 0.5
    assert on.batch_norm.momentum == 0.1


def test_null_deletes_down_to_the_default_of_the_model(project):
    project.edit("config/config.yaml", "epochs: 5", "epochs: 5\n  penalty: {l2: 0.3}")
    project.edit(PLAIN, "baseline: {}", "baseline: {penalty: null}")
    assert settings(project).penalty.l2 == 0
    assert settings(project, cell=1).penalty.l2 == 0.3


@pytest.mark.parametrize("on", ["true", "{}", "{momentum: 0.1}", "{momentum: 0.1, eps: 1.0e-5}"])
def test_ways_to_turn_batch_normalization_on_are_one_run(project, on):
    before = project.load().experiments["grid"].runs
    project.edit(GRID, "batch_norm: true", f"batch_norm: {on}")
    assert project.load().experiments["grid"].runs == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{model: {init: he}}", "{model: {init: {name: he}}}"),
        ("{model: {init: {std: 0.1}}}", "{model: {init: {name: normal, std: 1.0e-1}}}"),
        ("{dropout: {rate: 0}}", "{}"),
        ("{penalty: {l2: 0}}", "{penalty: {l2: -0.0}}"),
        ("{penalty: {l2: 1}}", "{penalty: {l2: 1.0}}"),
        ("{train: {epochs: 3, batch_size: 9}}", "{train: {batch_size: 9, epochs: 3}}"),
        ("{}", "{data: {label_noise: 0}, train: {clip: null, warm_up: 0, sampling: shuffle}}"),
        ("{}", "{model: {activation: {name: relu}}, train: {lr_schedule: constant}}"),
        ("{}", "{penalty: {l1: 0, l1_method: proximal, lp: 0, p: 3, max_norm: null}}"),
        ("{}", "{layer_norm: false, dropout: {rate: 0, input: 0.0, scaling: test_time}}"),
        ("{}", "{data: {draw: balanced}, compat: null}"),
        ("{batch_norm: true}", "{batch_norm: {running_variance: unbiased, initial_variance: 1}}"),
        ("{layer_norm: true}", "{layer_norm: {place: before, eps: 1.0e-5}}"),
        ("{penalty: {lp: 1, p: 2}}", "{penalty: {lp: 1, p: 2.0, smoothing: 0.1}}"),
        (
            "{model: {activation: leaky_relu}}",
            "{model: {activation: {name: leaky_relu, leak: 0.01}}}",
        ),
        (
            "{train: {optimizer: {name: adam}}}",
            "{train: {optimizer: {name: adam, beta1: 0.9, eps: 1.0e-8}}}",
        ),
        (
            "{train: {lr_schedule: cosine}}",
            "{train: {lr_schedule: {name: cosine, end: 0.0}, epochs: 5, updates: null}}",
        ),
    ],
)
def test_ways_to_say_the_same_are_one_run(project, one, other):
    project.edit(PLAIN, "baseline: {}", f"baseline: {one}")
    before = project.load().experiments["plain"].runs
    project.edit(PLAIN, f"baseline: {one}", f"baseline: {other}")
    assert project.load().experiments["plain"].runs == before


@pytest.mark.parametrize(
    "setting",
    [
        "data: {label_noise: 0.1}",
        "model: {activation: gelu}",
        "model: {activation: {name: leaky_relu, leak: 0.1}}",
        "model: {init: glorot_uniform}",
        "model: {init: {name: orthogonal, gain: 2.0}}",
        "data: {draw: first}",
        "batch_norm: {learned: false}",
        "batch_norm: {running_variance: biased}",
        "batch_norm: {initial_variance: 0}",
        "batch_norm: {scalar: true}",
        "batch_norm: {place: after}",
        "layer_norm: true",
        "layer_norm: {place: after}",
        "dropout: {rate: 0, input: 0.1}",
        "penalty: {l1: 0.1}",
        "penalty: {l1: 0.1, l1_method: proximal}",
        "penalty: {lp: 0.1, p: 0.5}",
        "penalty: {lp: 0.1, p: 0.5, smoothing: 0.01}",
        "penalty: {max_norm: 2}",
        "train: {optimizer: {name: nesterov}}",
        "train: {optimizer: {name: adamw, weight_decay: 0.1}}",
        "train: {epochs: null, updates: 10}",
        "train: {sampling: replacement}",
        "train: {lr_schedule: cosine}",
        "train: {lr_schedule: {name: step, every: 3}}",
        "train: {warm_up: 3}",
        "train: {clip: 1.0}",
        "train: {label_smoothing: 0.1}",
        "train: {early_stopping: {patience: 3}}",
        "train: {early_stopping: {patience: 3, metric: validation_accuracy}}",
    ],
)
def test_every_setting_makes_another_run_and_is_read_back(project, setting):
    before = project.load().experiments["plain"].runs
    project.edit(PLAIN, "baseline: {}", f"baseline: {{{setting}}}")
    study = project.load()
    other = study.experiments["plain"].runs[0]
    assert other not in before
    spec = study.runs[other]
    assert RunSpec.from_yaml(spec.to_yaml()) == spec
    assert spec.settings.updated({}) == spec.settings


def test_updates_replace_epochs_and_epochs_updates(project):
    project.edit(PLAIN, "baseline: {}", "baseline: {train: {updates: 30, epochs: null}}")
    train = settings(project).train
    assert (train.epochs, train.updates) == (None, 30)
    project.write("config/small.yaml", "override: {train: {updates: null, epochs: 2}}\n")
    study = project.load("config/small.yaml")
    trained = [cell.run.settings.train for cell in study.experiments["plain"].cells]
    assert [(train.epochs, train.updates) for train in trained] == [(None, 30), (2, None)]


def test_a_variant_names_another_optimizer_and_keeps_the_learning_rate(project):
    project.edit(PLAIN, "baseline: {}", "baseline: {train: {optimizer: {name: adam}}}")
    optimizer = settings(project).train.optimizer
    assert (optimizer.name, optimizer.lr, optimizer.beta2) == ("adam", 0.1, 0.999)


def test_optimizers_and_activations_can_be_axes(project):
    grid = "grid: {train.optimizer.name: [sgd, adam], model.activation: [relu, tanh]}"
    project.edit(PLAIN, "seeds: 4", grid)
    study = project.load()
    runs = [cell.run.settings for cell in study.experiments["plain"].cells[:4]]
    assert [(one.train.optimizer.name, one.model.activation.name) for one in runs] == [
        ("sgd", "relu"), ("sgd", "tanh"), ("adam", "relu"), ("adam", "tanh"),
    ]  # fmt: skip


def test_what_is_asked_of_a_run_changes_no_run_and_is_recorded_together(project):
    before = project.load()
    plain = before.experiments["plain"].runs
    assert before.recordings[plain[0]] == Recording(points=(40,))
    project.edit(PLAIN, "base:\n", "base:\n  evaluation: {points: 7}\n")
    project.edit(PLAIN, "seeds: 4", "probes: [weights, activations]\nkeep: [predictions]")
    after = project.load()
    assert after.runs == before.runs
    asked = {"probes": ("activations", "weights"), "keep": ("predictions",)}
    assert after.recordings[plain[0]] == Recording(points=(7, 40), **asked)  # "searched" shares it
    assert after.recordings[plain[1]] == Recording(points=(7,), **asked)
    assert [cell.points for cell in after.experiments["plain"].cells] == [7, 7]
    assert after.experiments["plain"].cells[0].settings.evaluation.points == 7
    alone = project.load(command_line={"experiments": ["searched"]})
    assert alone.recordings[plain[0]] == after.recordings[plain[0]]


def test_with_early_stopping_other_points_are_another_run(project):
    project.edit(PLAIN, "base:\n", "base:\n  train: {early_stopping: {patience: 2}}\n")
    before = project.load().experiments["plain"].runs
    project.edit(PLAIN, "base:\n", "base:\n  evaluation: {points: 7}\n")
    assert not set(project.load().experiments["plain"].runs) & set(before)


def test_what_is_recorded_of_a_searched_variant_is_of_its_best_configuration(project):
    before = project.load()
    project.edit("config/experiments/searched.yaml", "figures:", "probes: [weights]\nfigures:")
    after = project.load()
    assert after.searches == before.searches
    runs = after.experiments["searched"].runs
    assert [after.recordings[run].probes for run in runs] == [("weights",)] * 2


def test_label_noise_shares_the_subset(project):
    before = project.load()
    project.edit(PLAIN, "baseline: {}", "baseline: {data: {label_noise: 0.3}}")
    assert project.load().subsets == before.subsets


def test_any_number_can_be_searched_for(project):
    file = "config/experiments/searched.yaml"
    lr = "train.optimizer.lr: {log_uniform: [1.0e-6, 1.0e-2]}"
    more = "        {}: {{log_uniform: [1.0e-3, 1.0e-1]}}"
    keys = [
        "penalty.l1", "penalty.max_norm", "data.label_noise", "dropout.input",
        "train.optimizer.weight_decay", "train.label_smoothing", "train.clip",
    ]  # fmt: skip
    project.edit(file, lr, "\n".join([lr, *(more.format(key) for key in keys)]))
    project.edit(
        file,
        "    search:",
        "    train: {optimizer: {name: adamw}}\n    dropout: {rate: 0.1}\n    search:",
    )
    (search,) = project.load().searches.values()
    assert set(search.space) == {*keys, "train.optimizer.lr"}


def test_found_settings_are_laid_over_a_run(project):
    found = {"train": {"optimizer": {"lr": 0.007}}}
    run = settings(project, "searched", 1)
    assert run.train.optimizer.lr == 1e-6
    assert run.updated(found).train.optimizer.lr == 0.007
    assert run.updated(found).train.epochs == 5


def test_trials_and_seeds_of_the_configuration_replace_those_of_all_files(project):
    study = project.load(command_line={"search_trials": 3, "seeds": 6})
    assert [search.trials for search in study.searches.values()] == [3]
    assert {experiment.seeds for experiment in study.experiments.values()} == {6}
    blocks = study.experiments["plain"].blocks
    assert list(blocks.values()) == [["0000-0003", "0004-0005"]] * 2


def test_later_seeds_are_those_of_the_same_runs(project):
    before = project.load().experiments["plain"]
    project.edit(PLAIN, "seeds: 4", "first_seed: 6")
    after = project.load(command_line={"seeds": 6}).experiments["plain"]
    assert after.members == range(6, 12)
    assert after.runs == before.runs
    assert after.blocks[after.runs[0]] == ["0006-0007", "0008-0011"]


def test_the_configuration_may_set_the_first_seed_of_every_experiment(project):
    project.edit(PLAIN, "seeds: 4", "seeds: 4\nfirst_seed: 6")
    own = project.load()
    every = project.load(command_line={"first_seed": 100})
    assert own.experiments["plain"].members == range(6, 10)
    assert every.experiments["plain"].members == range(100, 104)
    assert every.experiments["grid"].members.start == 100
    assert every.experiments["plain"].runs == own.experiments["plain"].runs
    assert list(every.experiments["plain"].blocks.values()) == [["0100-0103"]] * 2
    assert project.load(command_line={"first_seed": 0}).experiments["plain"].members == range(4)


def test_more_seeds_keep_full_blocks_and_all_runs(project):
    before = project.load(command_line={"seeds": 8}).experiments["plain"]
    after = project.load(command_line={"seeds": 16}).experiments["plain"]
    assert after.runs == before.runs == tuple(before.blocks)
    assert [after.blocks[run][:2] for run in before.runs] == list(before.blocks.values())


def test_one_experiment_can_be_chosen_by_its_name(project):
    study = project.load(command_line={"experiments": "grid"})
    assert list(study.experiments) == ["grid"]
    assert len(study.runs) == 6
    assert not study.searches


def test_chosen_experiments_come_once_and_sorted(project):
    study = project.load(command_line={"experiments": ["plain", "grid", "plain"]})
    assert list(study.experiments) == ["grid", "plain"]


def test_a_thinned_grid_keeps_both_ends_and_claimed_points(project):
    project.edit(GRID, "[1.0, 0.1, 0.01]", "[1.0, 0.5, 0.1, 0.05, 0.02, 0.01]")
    experiment = project.load(command_line={"thin_grid": 2}).experiments["grid"]
    assert experiment.grid == {"model.init.std": [1.0, 0.1, 0.01]}
    assert experiment.cells[4].at == {"model.init.std": 0.1}


def test_specifications_are_readable_and_read_back(project):
    study = project.load()
    for kind, specs in (
        (RunSpec, study.runs),
        (SearchSpec, {identity: spec for (identity, _), spec in study.searches.items()}),
        (SubsetSpec, study.subsets),
    ):
        for identity, spec in specs.items():
            assert kind.from_yaml(spec.to_yaml()) == spec
            assert kind.from_yaml(spec.to_yaml()).id == spec.id == identity


def test_experiments_that_were_not_asked_for_are_kept_by_name_and_title(project):
    study = project.load(command_line={"experiments": ["plain"]})
    assert list(study.experiments) == ["plain"]
    assert study.left_out == {"grid": "Grid", "searched": "Searched"}
    assert project.load().left_out == {}


def test_blocks_are_aligned_and_the_last_may_be_short():
    assert blocks(10, 10) == ["0000-0009"]
    assert blocks(12, 5) == ["0000-0004", "0005-0009", "0010-0011"]
    assert block_range("0010-0011") == range(10, 12)


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
    assert after.experiments["plain"].labels["dropout"] == "Half"


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
        "digits-n100-2x20-relu-dfd14d24",
        "digits-n100-2x20-relu-dropout_0.5-3558a6f4",
    )
    assert list(study.searches) == [("digits-n100-2x20-relu-searched-2bef370f", "random")]
    assert list(study.subsets) == ["digits-n100-v50-afa92014"]


def test_a_search_trains_on_a_seed_that_no_run_has(project):
    study = project.load()
    (search,) = study.searches.values()
    assert search.seed(0) == 1_000_000
    assert search.subset_id in study.subsets
    run = study.runs[study.experiments["searched"].runs[1]]
    assert (run.search.search, run.search.method) == (search.id, "random")
    assert run.search.finds == ("train.optimizer.lr",)
    assert search.blocks(8) == ["0000-0007", "0008-0015", "0016-0019"]


def test_an_optional_experiment_runs_only_if_it_is_named(project):
    project.edit(PLAIN, "title: Plain", "title: Plain\noptional: true")
    assert list(project.load().experiments) == ["grid", "searched"]
    assert project.load().left_out == {"plain": "Plain"}
    named = project.load(command_line={"experiments": ["plain"]})
    assert list(named.experiments) == ["plain"]
    both = project.load(command_line={"experiments": ["all", "plain"]})
    assert list(both.experiments) == ["grid", "plain", "searched"]
    config = yaml.safe_load((project.root / "config/config.yaml").read_text())
    every = load_study(config | {"experiments": "grid"}, root=project.root, every=True)
    assert list(every.experiments) == ["grid", "plain", "searched"]
