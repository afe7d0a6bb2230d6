"""The gallery: small, of figures that the atlas draws."""

import runpy

import pytest

from tests.written import shipped

PICTURES = (".png", ".svg")


@pytest.fixture(scope="module")
def figures(repository):
    """What `make gallery` copies."""
    return runpy.run_path(str(repository / "docs/gallery/make.py"))["FIGURES"]


def test_the_gallery_is_smaller_than_a_megabyte(repository):
    paths = [p for p in (repository / "docs/gallery").iterdir() if p.suffix in PICTURES]
    assert len(paths) >= 4
    assert sum(path.stat().st_size for path in paths) < 1_000_000


def test_every_picture_is_of_a_figure_that_the_workflow_draws(repository, figures):
    study = shipped(repository)
    drawn = {
        f"experiments/{name}/figures/{figure.key}"
        for name, experiment in study.experiments.items()
        for figure in experiment.figures
    }
    sources = {source.rpartition(".")[0] for source in figures.values()}
    assert sources <= drawn | {"gradient_check/gradient_check"}


def test_the_readme_shows_the_gallery(repository, figures):
    readme = (repository / "README.md").read_text()
    assert any(f"docs/gallery/{name}" in readme for name in figures)
