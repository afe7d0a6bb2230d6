"""A user's mistake ends with a line that says what to mend, before any job starts."""

import pytest

EXPERIMENT = "config/experiments/overfit.yaml"


def broken(small, path, text):
    (small.folder / path).write_text(text)
    printed = small.run("--cores", "1", ok=False)
    assert "Traceback" not in printed
    assert not list((small.folder / "results").glob("runs/*/*.parquet"))
    notice = "Using workflow specific profile"  # Snakemake's own
    return "\n".join(line for line in printed.splitlines() if not line.startswith(notice))


def test_a_misspelt_key(small):
    text = (small.folder / EXPERIMENT).read_text().replace("variants:", "varaints:", 1)
    printed = broken(small, EXPERIMENT, text)
    assert f"{EXPERIMENT}:" in printed
    assert "varaints" in printed
    assert "variants" in printed


def test_yaml_that_cannot_be_read(small):
    printed = broken(small, EXPERIMENT, "title: [")
    assert f"{EXPERIMENT}:" in printed
    assert len(printed.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("seeds: many\n", "config/config.yaml:1: seeds"),
        ("seeds: [\n", "config/config.yaml"),
        ("sedes: 4\n", "did you mean"),
        ("- a list\n", "config/config.yaml"),
        ("", "config/config.yaml"),
    ],
    ids=["type", "syntax", "misspelt", "list", "empty"],
)
def test_a_broken_main_configuration(small, text, wanted):
    assert wanted in broken(small, "config/config.yaml", text)


def test_an_experiment_that_does_not_exist(project):
    printed = project.run("-n", "--config", "experiments=[droput]", ok=False)
    assert "Traceback" not in printed
    assert "droput" in printed
    assert "dropout" in printed


def test_asking_for_more_images_than_the_pool_holds(small):
    text = (small.folder / EXPERIMENT).read_text().replace("train: 300", "train: 2900", 1)
    printed = broken(small, EXPERIMENT, text)
    assert "2900" in printed
