"""The text of an experiment."""

import yaml

from overfit.report import source_text


def test_the_files_that_an_experiment_extends_stand_below_it(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(f"title: {name}\n")
    alone = {"source": "a.yaml", "extends": [], "changes": {}}
    assert source_text(alone, tmp_path) == "title: a\n"
    extending = {"source": "c.yaml", "extends": ["b.yaml", "a.yaml"], "changes": {}}
    assert source_text(extending, tmp_path) == (
        "title: c\n\n# b.yaml\ntitle: b\n\n# a.yaml\ntitle: a\n"
    )


def test_what_the_configuration_changes_stands_between_them(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(f"title: {name}\n")
    changes = {"variants": {"größer": {"model": {"hidden": (9, 9)}, "dropout": None}}, "seeds": 3}
    plan = {"source": "b.yaml", "extends": ["a.yaml"], "changes": changes}
    own, changed = source_text(plan, tmp_path).split("\n# changed by the configuration\n")
    assert own == "title: b\n"
    changed, extended = changed.split("\n# a.yaml\n")
    assert extended == "title: a\n"
    assert yaml.safe_load(changed) == {
        "variants": {"größer": {"model": {"hidden": [9, 9]}, "dropout": None}},
        "seeds": 3,
    }
    assert "größer" in changed
