"""Experiment files to validated, expanded, hashed specifications of runs."""

from overfit.spec.blocks import block_range, blocks
from overfit.spec.config import Config
from overfit.spec.datasets import Dataset, DatasetEntry
from overfit.spec.experiment import Cell, Experiment
from overfit.spec.parts import files_of
from overfit.spec.problems import ConfigurationError, Problem
from overfit.spec.settings import Settings
from overfit.spec.specs import RECORDS, RunSpec, SearchSpec, SubsetSpec
from overfit.spec.study import Study, check_readable, load_study

__all__ = [
    "RECORDS",
    "Cell",
    "Config",
    "ConfigurationError",
    "Dataset",
    "DatasetEntry",
    "Experiment",
    "Problem",
    "RunSpec",
    "SearchSpec",
    "Settings",
    "Study",
    "SubsetSpec",
    "block_range",
    "blocks",
    "check_readable",
    "files_of",
    "load_study",
]
