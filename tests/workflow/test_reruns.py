"""What a change makes Snakemake do again, and what it does not."""

import pytest
import yaml

from .conftest import SMOKE

pytestmark = pytest.mark.xdist_group("smoke")


def blocks(project, of="*"):
    """How many blocks of such runs are trained; of those that record, what they record too."""
    paths = (project.folder / "results/runs").glob(f"{of}/*.parquet")
    return len([path for path in paths if ".probes" not in path.name])


def trained(planned):
    """How many blocks would be trained."""
    return planned.get("train", 0) + planned.get("train_recording", 0)


def searched(project, method="*"):
    """How many blocks of trials a method has."""
    return len(list((project.folder / "results/searches").glob(f"*/{method}/*.parquet")))


def figures(project, kind=None, experiment=None):
    """The figures of the experiments that have results: of a kind, or of one experiment."""
    found = []
    for folder in (project.folder / "results/experiments").iterdir():
        file = project.folder / "config/experiments" / f"{folder.name}.yaml"
        drawn = yaml.safe_load(file.read_text())["figures"]
        found += [one for one in drawn if experiment in (None, folder.name)]
    return [one for one in found if kind in (None, one["kind"])]


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_after_a_complete_run_there_is_nothing_to_do(smoke):
    assert "Nothing to be done" in smoke.run("-n", *SMOKE)


def test_a_change_in_the_core_trains_everything_again(finished):
    module = finished.folder / "workflow/overfit/nn/affine.py"
    module.write_text(module.read_text() + "\n# a change\n")
    planned = finished.planned(*SMOKE)
    assert trained(planned) == blocks(finished)
    assert planned["search_trials"] == searched(finished)
    assert planned["report_page"] == 1
    assert "dataset" not in planned


def test_new_times_of_files_do_nothing(finished):
    """As after `touch`, or after switching to another branch and back."""
    for folder in ("workflow", "config", "results/datasets", "results/subsets"):
        for path in (finished.folder / folder).rglob("*.*"):
            path.touch()
    assert "Nothing to be done" in finished.run("-n", *SMOKE)


def test_a_change_in_a_search_method_searches_with_it_again(finished):
    module = finished.folder / "workflow/overfit/search/methods/tpe.py"
    module.write_text(module.read_text() + "\n# a change\n")
    planned = finished.planned(*SMOKE)
    assert planned["search_trials"] == searched(finished, "tpe") < searched(finished)


def test_a_change_in_a_kind_of_figure_draws_only_figures_of_this_kind(finished):
    module = finished.folder / "workflow/overfit/figures/kinds/learning_curves.py"
    module.write_text(module.read_text() + "\n# a change\n")
    planned = finished.planned(*SMOKE)
    assert planned["figure"] == len(figures(finished, kind="learning_curves")) > 0
    assert planned.keys() - {"all", "total"} == {"figure", "report_page", "provenance", "manifest"}


def test_a_change_in_a_figure_trains_nothing(finished):
    module = finished.folder / "workflow/overfit/figures/theme.py"
    module.write_text(module.read_text() + "\n# a change\n")
    planned = finished.planned(*SMOKE)
    assert planned["figure"] > 0
    assert not trained(planned)
    assert "summarize" not in planned


def test_editing_a_title_and_a_caption_only_writes_the_pages_again(finished):
    experiment = finished.folder / "config/experiments/overfit.yaml"
    edit(experiment, "title: ", "title: A new ")
    edit(experiment, "caption: Nothing", "caption: Here, nothing")
    pages = {"report_page", "provenance", "manifest"}
    assert finished.planned(*SMOKE).keys() - {"all", "total"} == pages


def test_rewording_a_claim_decides_and_draws_only_what_has_its_verdict_as_title(finished):
    edit(finished.folder / "config/experiments/overfit.yaml", "says: ", "says: Really, ")
    planned = finished.planned(*SMOKE)
    assert planned["claims"] == planned["all_claims"] == 1
    assert not trained(planned)
    titled = [one for one in figures(finished, experiment="overfit") if "claim" in one]
    assert planned.get("figure", 0) == len(titled)
    assert not {"summarize", "search_trials", "search_best", "subset"} & planned.keys()


def test_deleting_one_history_recomputes_only_what_depends_on_it(finished):
    run = min((finished.folder / "results/runs").glob("*relu-searched-*"))  # of one experiment
    first, *_ = sorted(run.glob("*.parquet"))
    first.unlink()
    planned = finished.planned(*SMOKE)
    assert planned["train"] == 1
    assert planned["summarize"] == 1
    assert "search_trials" not in planned


def test_raising_the_seeds_trains_only_the_new_block(finished):
    before = len(list((finished.folder / "results/runs").iterdir()))
    edit(finished.folder / "config/presets/smoke.yaml", "seeds: 3", "seeds: 4")
    assert trained(finished.planned(*SMOKE)) == before


def test_one_experiment_can_be_asked_for(project):
    planned = project.planned(*SMOKE, "--config", "experiments=[overfit]")
    assert trained(planned) == 4  # two runs, of two blocks
    assert planned["summarize"] == 1
    assert "search_trials" not in planned


def test_renaming_an_experiment_trains_nothing(finished):
    folder = finished.folder / "config/experiments"
    (folder / "search_book.yaml").rename(folder / "the_search.yaml")
    preset = finished.folder / "config/presets/smoke.yaml"
    edit(preset, "search_book", "the_search")
    planned = finished.planned(*SMOKE)
    assert planned["summarize"] == 1
    assert "search_trials" not in planned
    assert not trained(planned)
