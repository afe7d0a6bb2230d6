"""Write config/experiments/NAME.yaml: a commented experiment that runs, for you to change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from overfit.command import parser_of, stop
from overfit.config.files import EXPERIMENTS
from overfit.config.model import name_mistake
from overfit.results import write_text

TEXT = """\
# yaml-language-server: $schema=../../workflow/schemas/experiment.schema.json
#
# Check it:  overfit check {name}
# Run it:    snakemake --cores all --config experiments=[{name}]
# config/README.md explains every key.
title: {title}
question: Does dropout narrow the gap between training and test accuracy?

# Settings of all variants. What you leave out comes from `defaults` in config/config.yaml.
base:
  data: {{train: 300, validation: 500}}   # images
  model: {{hidden: [100, 100, 100]}}      # units of each hidden layer
  train:
    optimizer: {{name: sgd, lr: 0.1}}
    batch_size: 100
    epochs: 100

# Each variant changes some of them.
variants:
  baseline: {{}}
  dropout: {{dropout: {{rate: 0.2}}}}

# Values that are crossed with the variants:
# grid:
#   data.train: [100, 300, 1000]

seeds: 10    # each seed draws training images, initial weights and batches

figures:
  - kind: learning_curves

# Statements that may turn out false. The margin is the smallest effect that matters to you; choose
# it before you see results.
claims:
  - id: narrows-the-gap
    says: Dropout narrows the gap between training and test accuracy.
    test: {{difference: gap, of: dropout, minus: baseline, expect: below, margin: 0.02}}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, and print its path and what to do next."""
    parser = parser_of(__name__, __doc__)
    parser.add_argument("name", help="the name of the experiment: a-z, 0-9, - and _")
    name = parser.parse_args(arguments).name
    if mistake := name_mistake(name):
        return stop(mistake)
    path = Path(EXPERIMENTS, f"{name}.yaml")
    if not path.parent.is_dir():
        return stop(f"{path.parent} is not here; go to the folder of the project")
    if path.exists():
        return stop(f"{path} already exists")
    write_text(path, TEXT.format(name=name, title=name.replace("_", " ").capitalize()))
    print(f"{path}\nnext: edit it, then: overfit check {name}")
    return 0
