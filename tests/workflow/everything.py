"""A study with jobs of every kind, in which each job notes what it has loaded."""

SITE = "site"
"""The folder of the notes."""
WRITES_WHAT_WAS_LOADED = """\
import atexit, json, os, sys

if "overfit.jobs.server" in sys.orig_argv:
    sys.exit()  # each job starts a Python of its own, and loads only what it needs


def write():
    script = sys.argv[0].rpartition(".snakemake/scripts/")[2]
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    files = [file for file in files if file and "/overfit/" in file]
    if script and files:
        with open(os.path.join(os.path.dirname(__file__), script + ".json"), "w") as file:
            json.dump(files, file)


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
