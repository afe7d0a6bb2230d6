"""The text of an experiment."""

from overfit.report import source_text


def test_the_files_that_an_experiment_extends_stand_below_it(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(f"title: {name}\n")
    alone = {"source": "a.yaml", "extends": []}
    assert source_text(alone, tmp_path) == "title: a\n"
    extending = {"source": "c.yaml", "extends": ["b.yaml", "a.yaml"]}
    assert source_text(extending, tmp_path) == (
        "title: c\n\n# b.yaml\ntitle: b\n\n# a.yaml\ntitle: a\n"
    )
