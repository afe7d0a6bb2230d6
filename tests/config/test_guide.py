"""The examples of config/README.md are what they say."""

import re
import shutil

import yaml

from overfit.config.study import load_study


def study(repository, root):
    shutil.copytree(repository / "config", root / "config")
    blocks = re.findall(r"```yaml\n(.*?)```", (repository / "config/README.md").read_text(), re.S)
    for name, text in zip(("dropout_and_data", "sequel"), blocks, strict=False):
        (root / f"config/experiments/{name}.yaml").write_text(text)
    file = root / "config/config.yaml"
    return load_study(yaml.safe_load(file.read_text()), root=root, config_files=[file])


def test_the_example_is_what_its_comments_say(repository, tmp_path):
    experiment = study(repository, tmp_path).experiments["dropout_and_data"]
    assert len(experiment.cells) == 3 * 2
    assert experiment.labels["dropout_alone"] == "Dropout, no penalty"
    strengths = {cell.variant: cell.run.settings.penalty.l2 for cell in experiment.cells}
    assert strengths == {"baseline": 1e-4, "dropout": 1e-4, "dropout_alone": 0}


def test_the_sequel_is_what_its_comments_say(repository, tmp_path):
    experiment = study(repository, tmp_path).experiments["sequel"]
    assert list(experiment.labels) == ["baseline", "dropout", "strong"]
    assert {cell.run.settings.data.draw for cell in experiment.cells} == {"first"}
    assert [figure.kind for figure in experiment.figures] == ["learning_curves"]
    assert experiment.claims == ()
