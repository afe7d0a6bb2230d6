"""What the pages say in YAML is right, and they name no file that is not there."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from overfit.config.study import load_study

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/howto/{name}.md" for name in ("figure", "search")),
]
FENCE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
WHOLE = {
    "title": "Example",
    "question": "Is it right?",
    "variants": {"baseline": {}, "dropout": {"dropout": {"rate": 0.2}}},
}
SEARCH = {"method": "random", "trials": 4, "objective": {"maximize": "validation_accuracy"}}


def experiment(text):
    """The experiment that a piece of a page is, or is a part of."""
    part = yaml.safe_load(text)
    if "space" in part:
        return {**WHOLE, "variants": {"searched": {"search": {**part, **SEARCH}}}}
    if "figures" in part and "title" not in part:
        return {**WHOLE, "grid": {"data.train": [100, 300]}, **part}
    return {**WHOLE, **part}


@pytest.fixture
def load(repository, tmp_path):
    """A function that loads an experiment with the project's configuration."""
    (tmp_path / "config/experiments").mkdir(parents=True)
    for name in ("config.yaml", "datasets.yaml"):
        shutil.copy(repository / "config" / name, tmp_path / "config")

    def loaded(data):
        (tmp_path / "config/experiments/example.yaml").write_text(yaml.safe_dump(data))
        config = tmp_path / "config/config.yaml"
        settings = yaml.safe_load(config.read_text())
        return load_study(settings, root=tmp_path, config_files=[config]).experiments["example"]

    return loaded


@pytest.mark.parametrize("page", PAGES)
def test_the_yaml_of_a_page_is_right(repository, load, page):
    for text in FENCE.findall((repository / page).read_text()):
        assert load(experiment(text)).runs


def test_links_between_files_of_the_project_lead_somewhere(repository):
    """Of the files that the site does not have; its own are checked where it is built.

    `../../actions` is a page of the host of the repository, whichever that is.
    """
    pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "results/README.md"]
    links = {
        Path(page).parent / link
        for page in pages
        for link in re.findall(
            r"\]\((?!https:|\.\./\.\./actions/)([^)#:\s]+)[^)]*\)", (repository / page).read_text()
        )
    }
    assert len(links) > 5
    assert not [str(link) for link in links if not (repository / link).exists()]


def test_every_page_is_in_the_contents_of_the_site(repository):
    contents = (repository / "mkdocs.yml").read_text()
    pages = [path.relative_to(repository / "docs") for path in (repository / "docs").rglob("*.md")]
    assert not [str(page) for page in pages if f": {page}\n" not in contents]
