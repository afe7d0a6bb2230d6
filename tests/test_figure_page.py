"""The page of figures in the docs: every kind, its YAML, its picture."""

import importlib.util
import shutil

import pytest
import yaml

from overfit.config.study import load_study
from overfit.figures.found import KINDS


@pytest.fixture
def make(repository):
    spec = importlib.util.spec_from_file_location("make", repository / "docs/figures/make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(make):
    message = "docs/figures.md is out of date: python docs/figures/make.py --page"
    assert make.PAGE.read_text(encoding="utf-8") == make.page(), message


def test_every_kind_is_shown_with_a_picture_and_all_pictures_are_small(make):
    shown = [figure["kind"] for _, figure in make.examples()]
    assert sorted(shown) == list(KINDS)
    pictures = sorted(make.HERE.glob("*.png"))
    assert [picture.stem for picture in pictures] == list(KINDS)
    assert sum(picture.stat().st_size for picture in pictures) < 400_000


def test_what_the_page_shows_can_be_asked_for(make, repository, tmp_path):
    shutil.copytree(make.EXPERIMENTS, tmp_path / "config/experiments")
    shutil.copy(repository / "config/datasets.yaml", tmp_path / "config")
    config = yaml.safe_load((repository / "config/config.yaml").read_text())
    study = load_study(config, root=tmp_path)
    assert sum(len(one.figures) for one in study.experiments.values()) == len(list(KINDS))
