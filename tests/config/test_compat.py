"""`compat: book` and the settings that it stands for."""

import pytest

from overfit.config.merging import merged, nested
from overfit.config.resolving import CONVENTIONS

PLAIN = "config/experiments/plain.yaml"
CONFIG = "config/config.yaml"
ON = "epochs: 5\n    sampling: shuffle\n  batch_norm: {momentum: 0.3}\n  dropout: {rate: 0.5}"
BOOK = (
    "data: {draw: first}, train: {sampling: replacement}, dropout: {scaling: test_time}, "
    "batch_norm: {momentum: 0.1, eps: 1.0e-6, running_variance: biased, initial_variance: 0.0}"
)


def settings(project, cell=0):
    return project.load().experiments["plain"].cells[cell].run.settings


def conventions(one):
    """What a run's settings say where the bundle has something to say."""
    flat = one.model_dump(mode="json")
    keys = [key.split(".") for key in CONVENTIONS["book"]]
    return {f"{part}.{key}": flat[part][key] for part, key in keys if flat[part]}


def test_the_bundle_is_short_for_its_settings(project):
    project.edit(CONFIG, "epochs: 5", ON)
    project.edit(PLAIN, "baseline: {}", f"baseline: {{{BOOK}}}")
    in_full = project.load().experiments["plain"].runs[0]
    project.edit(PLAIN, BOOK, "compat: book")
    assert project.load().experiments["plain"].runs[0] == in_full
    assert conventions(settings(project)) == CONVENTIONS["book"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (CONFIG, "defaults:", "defaults:\n  compat: book"),
        (CONFIG, "max_runs: 50", "max_runs: 50\noverride: {compat: book}"),
        (PLAIN, "base:", "base:\n  compat: book"),
        (PLAIN, "baseline: {}", "baseline: {compat: book}"),
    ],
    ids=["defaults", "override", "base", "variant"],
)
def test_it_can_stand_wherever_settings_can(project, file, old, new):
    project.edit(file, old, new)
    assert conventions(settings(project)) == {
        "data.draw": "first",
        "train.sampling": "replacement",
    }


def test_it_switches_nothing_on(project):
    project.edit(PLAIN, "base:", "base:\n  compat: book")
    baseline, dropout = settings(project), settings(project, 1)
    assert (baseline.batch_norm, baseline.dropout) == (None, None)
    assert (dropout.dropout.rate, dropout.dropout.scaling) == (0.5, "test_time")


def test_what_is_switched_on_above_it_follows_it(project):
    project.edit(CONFIG, "epochs: 5", ON)
    project.edit(PLAIN, "base:", "base:\n  compat: book")
    project.edit(PLAIN, "baseline: {}", "baseline: {batch_norm: true, dropout: {rate: 0.2}}")
    one = settings(project)
    assert conventions(one) == CONVENTIONS["book"]
    assert one.dropout.rate == 0.2


def test_settings_beside_it_and_above_it_win(project):
    project.edit(CONFIG, "epochs: 5", ON)
    project.edit(
        PLAIN, "base:", "base:\n  compat: book\n  batch_norm: {eps: 1.0e-3}\n"
        "  dropout: {scaling: inverted}",
    )  # fmt: skip
    project.edit(PLAIN, "baseline: {}", "baseline: {train: {sampling: shuffle}}")
    one = settings(project)
    assert (one.batch_norm.eps, one.batch_norm.initial_variance) == (1e-3, 0)
    assert one.batch_norm.momentum == 0.1
    assert one.dropout.scaling == "inverted"
    assert (one.data.draw, one.train.sampling) == ("first", "shuffle")


def test_null_beside_it_means_the_default_and_not_the_book(project):
    project.edit(PLAIN, "baseline: {}", "baseline: {compat: book, train: {sampling: null}}")
    assert settings(project).train.sampling == "shuffle"


def test_null_turns_it_off(project):
    project.edit(PLAIN, "base:", "base:\n  compat: book")
    project.edit(PLAIN, "baseline: {}", "baseline: {compat: null}")
    assert settings(project).train.sampling == "shuffle"
    assert settings(project, 1).train.sampling == "replacement"


def test_axes_and_searches_win_over_it(project):
    project.edit(PLAIN, "base:", "base:\n  compat: book\n  batch_norm: true")
    project.edit(PLAIN, "seeds: 4", "grid: {batch_norm.eps: [0.5], data.draw: [balanced]}")
    one = settings(project)
    assert (one.batch_norm.eps, one.data.draw) == (0.5, "balanced")
    assert one.batch_norm.initial_variance == 0


def test_it_is_inherited_and_can_be_deleted(project):
    project.edit(PLAIN, "base:", "base:\n  compat: book")
    project.write("config/experiments/child.yaml", "extends: plain\nbase: {compat: null}\n")
    study = project.load()
    sampling = {
        name: study.experiments[name].cells[0].run.settings.train.sampling
        for name in ("plain", "child")
    }
    assert sampling == {"plain": "replacement", "child": "shuffle"}


def test_every_convention_is_a_setting_and_none_is_a_default(project):
    project.edit(CONFIG, "epochs: 5", "epochs: 5\n  batch_norm: true\n  dropout: {rate: 0.25}")
    plain = settings(project)
    for key, value in CONVENTIONS["book"].items():
        changed = plain.updated(nested({key: value}))
        assert conventions(changed)[key] == value
        assert key == "batch_norm.momentum" or changed != plain
    both = plain.updated(merged({}, nested(dict(CONVENTIONS["book"]))))
    assert conventions(both) == CONVENTIONS["book"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bok", "unknown value 'bok'; did you mean book?"),
        ("torch", "unknown value 'torch'; allowed: book"),
        ("true", "unknown value true; allowed: book"),
        ("[book]", "unknown value a list; did you mean book?"),
    ],
)
def test_an_unknown_bundle_is_refused_beside_other_mistakes(project, name, message):
    project.edit(PLAIN, "base:", f"base:\n  compat: {name}")
    project.edit(PLAIN, "rate: 0.5", "rate: 2")
    assert project.messages() == [
        f"{PLAIN}:4: base.compat: {message}",
        f"{PLAIN}:11: variants.dropout.dropout.rate: must be below 1, but is 2",
    ]


def test_the_first_images_need_no_balance_but_a_pool_that_holds_them(project):
    project.edit(PLAIN, "    train: 100", "    train: 245\n    validation: 55\n    draw: first")
    assert project.load().subsets
    project.edit(PLAIN, "validation: 55", "validation: 56")
    assert project.messages() == [
        f"{PLAIN}:5: base.data.train: 245 training and 56 validation images need 301; "
        "the pool of digits has 300"
    ]


def test_the_first_images_are_a_subset_of_their_own(project):
    before = project.load().subsets
    project.edit(PLAIN, "baseline: {}", "baseline: {data: {draw: first}}")
    after = project.load()
    assert after.subsets.keys() > before.keys()
    assert [after.subsets[new].draw for new in after.subsets.keys() - before.keys()] == ["first"]
