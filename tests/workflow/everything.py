"""A study with jobs of every kind, which load only packages of workflow/envs/jobs.yaml.

Each job notes which files of the package it has loaded.
"""

from __future__ import annotations

import re
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SITE = "site"
"""The folder of the notes."""
ELSEWHERE_CALLED = {"matplotlib-base": "matplotlib"}
"""Packages of conda and their names in Python's package index."""
SITECUSTOMIZE = """\
import atexit, json, os, sys

if "overfit.jobs.server" in sys.orig_argv:
    sys.exit()  # each job starts a Python of its own, and loads only what it needs

OTHERS = {others}


class NotInTheEnvironment:
    def find_spec(self, name, path=None, target=None):
        frame = sys._getframe(1)
        while path is None and name in OTHERS and frame is not None:
            if "/site-packages/snakemake" in frame.f_code.co_filename:
                return  # it is Snakemake's, which comes to a job with all that it needs
            frame = frame.f_back
        if path is None and name in OTHERS:
            raise ModuleNotFoundError(name + " is not in workflow/envs/jobs.yaml", name=name)


def write():
    script = sys.argv[0].rpartition(".snakemake/scripts/")[2]
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    files = [file for file in files if file and "/overfit/" in file]
    if script and files:
        with open(os.path.join(os.path.dirname(__file__), script + ".json"), "w") as file:
            json.dump(files, file)


sys.meta_path.insert(0, NotInTheEnvironment())
atexit.register(write)
"""
EXPERIMENT = """\
title: Everything
question: What does each kind of job load and write?
seeds: 4
variants:
  baseline: {dropout: {rate: 0.2}}
  searched:
    search:
      space: {penalty.l2: {log_uniform: [1.0e-4, 1.0e-2]}}
      method: tpe
      trials: 11
      round: 2
      objective: {maximize: validation_accuracy}
probes: [weights, activations]
keep: [parameters, predictions]
claims:
  - id: shrinks
    says: The penalty that is found shrinks the weights.
    test: {ratio: weights.l2_norm.all, of: searched, to: baseline, expect: below, margin: 0.01}
figures:
  - {kind: learning_curves, quantity: loss, gap: false}
  - {kind: ensemble}
  - {kind: search_space, variant: searched}
  - {kind: weight_distribution}
"""
LOOKS = "everything: {seeds: [4, 6], claims: {shrinks: 6}}\n"


def others(repository: Path) -> set[str]:
    """The installed modules that are not of workflow/envs/jobs.yaml, nor of what those need."""
    text = (repository / "workflow/envs/jobs.yaml").read_text()
    names = [re.split(r"[ <>=]", entry)[0] for entry in yaml.safe_load(text)["dependencies"]]
    wanted = {ELSEWHERE_CALLED.get(name, name) for name in names} - {"python"}
    found: set[str] = set()
    while wanted:
        found |= wanted
        needed = [Requirement(text) for name in wanted for text in requires(name) or ()]
        held = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
        wanted = {canonicalize_name(one.name) for one in held} - found
    return {
        module
        for module, distributions in packages_distributions().items()
        if not found & {canonicalize_name(name) for name in distributions}
    } - {"overfit", "snakemake"}


def sitecustomize(repository: Path) -> str:
    """What each Python does at its start."""
    return SITECUSTOMIZE.replace("{others}", repr(sorted(others(repository))))
