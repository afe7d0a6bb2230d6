"""Fixtures that all tests share."""

import os
from pathlib import Path

import pytest
import yaml

from overfit.jobs import blas

# As in the workflow, and before NumPy is loaded: two threads of each worker on two cores wait for
# each other, and a test of a Gaussian process takes eight times as long.
os.environ.update(dict.fromkeys(blas.THREADS, "1"))

from overfit.data import Prepared
from tests.data.writing import prepare


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that start Snakemake: last, they would leave other workers idle."""
    longest = Path(__file__).parent / "workflow"
    items.sort(key=lambda item: longest not in item.path.parents)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout under test."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def digits(repository, tmp_path_factory):
    """The prepared dataset of the atlas."""
    folder = tmp_path_factory.mktemp("digits")
    catalogue = yaml.safe_load((repository / "config/datasets.yaml").read_text())
    prepare("mnist-5k", catalogue["mnist-5k"], folder)
    return Prepared.open(folder)
