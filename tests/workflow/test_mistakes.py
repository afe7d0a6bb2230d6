"""A user's mistake ends with a line that says what to mend, before any job starts."""

import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from .conftest import STUDIED, TINY, copy_checkout, environment

EXPERIMENT = "config/experiments/overfit.yaml"
SETTINGS = "config/config.yaml"


def ended(small, path, text):
    """What Snakemake prints after this mistake; it has ended before any job."""
    (small.folder / path).write_text(text)
    printed = small.run("--cores", "1", ok=False)
    assert "Traceback" not in printed
    assert not list((small.folder / "results").glob("runs/*/*.parquet"))
    notice = "Using workflow specific profile"  # Snakemake's own
    return "\n".join(line for line in printed.splitlines() if not line.startswith(notice))


def test_a_mistake_in_an_experiment_ends_snakemake_with_its_message(small):
    text = (small.folder / EXPERIMENT).read_text().replace("variants:", "varaints:", 1)
    printed = ended(small, EXPERIMENT, text)
    assert f"{EXPERIMENT}:" in printed
    assert "unknown key; did you mean variants?" in printed
    assert printed == small.mistake()


def test_settings_that_snakemake_could_not_read_end_it_with_our_message(small):
    printed = ended(small, SETTINGS, "- a list\n")
    assert printed.startswith(f"{SETTINGS}:")
    assert printed == small.mistake()


def test_yaml_that_cannot_be_read(small):
    (small.folder / EXPERIMENT).write_text("title: [")
    said = small.mistake()
    assert said.startswith(f"{EXPERIMENT}:")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("seeds: many\n", "config/config.yaml:1: seeds"),
        ("seeds: [\n", "config/config.yaml"),
        ("sedes: 4\n", "did you mean"),
        ("", "config/config.yaml"),
    ],
    ids=["type", "syntax", "misspelt", "empty"],
)
def test_a_broken_main_configuration(small, text, wanted):
    (small.folder / SETTINGS).write_text(text)
    assert wanted in small.mistake()


def test_an_experiment_that_does_not_exist(project):
    printed = project.run("-n", "--config", "experiments=[droput]", ok=False)
    assert "Traceback" not in printed
    assert "droput" in printed
    assert "dropout" in printed


def test_a_mistyped_target_ends_snakemake_with_its_message(small):
    target = "results/experiments/pear/claims.csv"
    printed = small.run(target, "-n", ok=False)
    assert printed.splitlines()[-1] == f"{target}: unknown experiment 'pear'; did you mean pair?"
    assert "Traceback" not in printed


def test_one_setting_is_changed_by_its_dotted_name(small):
    wrong = ["train.optimizer.lr: fast", "train.optimizer.lr: 0.1"]
    said = [small.run("-n", "--quiet", "all", "--config", f"override={{{one}}}", ok=one == wrong[1])
            for one in wrong]  # fmt: skip
    assert "--config: override.train.optimizer.lr: must be a number, but is 'fast'" in said[0]
    assert "--config: " not in said[1]


DRAWING = ("matplotlib", "seaborn", "altair", "pyarrow", "rocrate")
WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
"""


@pytest.mark.parametrize("missing", [DRAWING, (*DRAWING, "pandas", "scipy")])
def test_a_driver_without_packages_of_jobs_still_names_what_failed(small, missing):
    """Jobs may run in conda environments or containers; here they fail for want of seaborn."""
    (small.folder / "site").mkdir()
    (small.folder / "site/sitecustomize.py").write_text(f"MISSING = {missing}\n{WITHOUT}")
    printed = small.run(
        "--cores", "1", "results/gradient_check/errors.csv", "results/datasets/digits/card.json",
        *TINY, ok=False, PYTHONPATH=str(small.folder / "site"),
    )  # fmt: skip
    assert "1 job failed:" in printed
    assert "  results/gradient_check/errors.csv: " in printed
    assert "Everything else is in results/report-incomplete.html." in printed


def test_asking_for_more_images_than_the_pool_holds(small):
    file = small.folder / EXPERIMENT
    file.write_text(file.read_text().replace("train: 300", "train: 2900", 1))
    assert "2900" in small.mistake()


def test_braces_in_the_path_of_the_checkout_end_snakemake_with_one_line(repository, tmp_path):
    """Snakemake takes them for wildcards of scripts and environments."""
    project = copy_checkout(repository, tmp_path / "a{b}c", only=STUDIED)
    assert project.run("-n", "--quiet", "all", ok=False).splitlines()[1:] == [
        f"{project.folder}/workflow/rules: Snakemake can't run scripts in a folder with "
        "{ or } in its path; move or rename the folder"
    ]


def started(repository, *arguments, **variables):
    """What `make` starts, and what it says before Snakemake does."""
    done = subprocess.run(
        [sys.executable, "-m", "overfit.jobs.driver", *arguments],
        cwd=repository,
        env=environment() | {"PYTHONPATH": str(repository / "workflow")} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, ": cannot be read: No such file or directory"),
        (b"seeds: \xff\n", ": is not UTF-8 text (byte 7)"),
        (b"seeds: 4\nname: [\n", ":2: is not valid YAML"),
        (b"- seeds\n", ":1: the file must be a mapping, but is a list"),
    ],
    ids=["missing", "undecodable", "malformed", "list"],
)
def test_a_configuration_file_that_cannot_be_read_is_one_line(repository, tmp_path, content, said):
    """Snakemake reads it before the Snakefile, and ends in a traceback at the first two."""
    file = tmp_path / "mine.yaml"
    if content is not None:
        file.write_bytes(content)
    status, _, errors = started(repository, "-n", "--configfile", "config/config.yaml", str(file))
    assert status == 1
    assert errors.startswith(f"{file}{said}")
    assert len(errors.splitlines()) == 1


def test_make_starts_snakemake_with_all_arguments(repository):
    assert started(repository, "--version") == (0, f"{version('snakemake')}\n", "")


def test_make_names_a_cache_folder_that_cannot_be_written(repository):
    """Snakemake would end in a traceback before it reads a line of the workflow."""
    status, _, errors = started(repository, XDG_CACHE_HOME=__file__)
    assert status == 1
    assert errors == (
        f"the cache folder {__file__}/snakemake can't be written: Not a directory; "
        "set XDG_CACHE_HOME to a folder that can be written\n"
    )


def test_make_starts_snakemake_by_its_driver(repository):
    printed = subprocess.run(
        ["make", "-n", "smoke"], cwd=repository, check=True, capture_output=True, text=True
    ).stdout
    files = "config/config.yaml config/presets/smoke.yaml"
    assert f"-m overfit.jobs.driver --cores all --logger overfit --configfile {files}\n" in printed


BROKEN = """
from typing import ClassVar, Literal
from overfit.figures.options import BaseFigure

class Broken(BaseFigure):
    reads: ClassVar = ("metrics",)
    kind: Literal["broken"]

def draw(experiment, figure, results):
    return 1 / 0

def caption(experiment, figure):
    return "A caption."

alt = caption
"""


def test_a_kind_of_figure_that_fails_costs_only_its_figure_and_is_named_at_the_end(small):
    (small.folder / "workflow/overfit/figures/kinds/broken.py").write_text(BROKEN)
    pair = small.folder / "config/experiments/pair.yaml"
    pair.write_text(pair.read_text().replace("figures:\n", "figures:\n  - {kind: broken}\n"))
    figure = "results/experiments/pair/figures/broken.svg"
    printed = small.run(figure, "--cores", "2", *TINY, ok=False)
    place = "workflow/overfit/figures/kinds/broken.py:10: can't be used"
    assert printed.splitlines()[-2:] == [
        "Figures that can't be drawn, as the report says:",
        f"  {figure}: {place}: ZeroDivisionError: division by zero "
        "(results/logs/figure/pair/broken.log)",
    ]
    assert "This figure can" in (small.folder / figure).read_text()


WRAPPED = """\
title: A classifier of scikit-learn
question: Does it train?
seeds: 5
base: {trainer: sklearn}
variants:
  baseline: {}
  mine: {batch_norm: true}
"""


def test_a_setting_that_a_trainer_cannot_use_is_refused_as_docs_howto_trainer_md_shows(
    small, repository
):
    page = (repository / "docs/howto/trainer.md").read_text(encoding="utf-8")
    command, shown = re.search(r"```console\n(.*)\n([^`]*)\n```", page).groups()
    (small.folder / "config/experiments/mine.yaml").write_text(WRAPPED)
    assert command == "$ snakemake -n"
    assert shown == small.mistake(experiments=["mine"])
