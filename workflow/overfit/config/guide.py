"""What config/README.md tells before it lists the keys: how the files work, by one example."""

from __future__ import annotations

import json
from collections.abc import Iterator

from overfit.config.compat import CONVENTIONS

EXAMPLE = """\
# yaml-language-server: $schema=../../workflow/schemas/experiment.schema.json
title: Dropout and data
question: Does dropout still help when there are more images to learn from?
cites: a lecture                # where the question comes from; may be left out

base:                           # settings of all variants, over the defaults of config.yaml
  data:  {train: 300, validation: 300}
  model: {hidden: [100, 100]}
  train: {optimizer: {name: sgd, lr: 0.1}, epochs: 50}
  penalty: {l2: 1.0e-4}         # YAML reads 1e-4 as text: write the dot and the sign

variants:                       # what is compared: named differences from the base
  baseline: {}                  # {} is no difference
  dropout: {dropout: {rate: 0.3}}
  dropout_alone:
    label: Dropout, no penalty  # its name in figures and tables
    dropout: {rate: 0.3}
    penalty: null               # null deletes what the base says

grid:                           # every variant at each of these points: 3 x 2 runs
  data.train: [100, 1000]       # a dotted key of the settings, and its values

seeds: 10                       # each run 10 times: other images, initial weights and batches

figures:
  - kind: learning_curves

claims:                         # statements that could be wrong; margin: the least that counts
  - id: narrows-the-gap
    says: Dropout narrows the gap between training and test accuracy.
    # Over all points of the grid: the mean of both.
    test: {difference: gap, of: dropout, minus: baseline, over: all, expect: below, margin: 0.02}
  - id: helps-with-little-data
    says: With 100 images, dropout raises test accuracy.
    test: {difference: test_accuracy, of: dropout, minus: baseline, expect: above, margin: 0.02,
           at: {data.train: 100}}
"""
SEQUEL = """\
extends: dropout_and_data
title: Dropout and data, as in the book
base: {compat: book}            # the book's conventions, see below
variants:
  dropout_alone: null           # without this variant
  strong: {dropout: {rate: 0.6}}    # and with this one; baseline and dropout stay
claims: null                    # none of its claims
"""

_FILES = """\
# Configuration

<!-- Generated from the models in workflow/overfit/config by `python -m overfit.config.schema`. -->

| file | what it says |
| --- | --- |
| `config.yaml` | what to run, and the settings that all experiments start from |
| `datasets.yaml` | the datasets |
| `experiments/*.yaml` | one experiment a file; a new file is a new experiment |
| `presets/*.yaml` | overlays: `snakemake --configfile config/presets/smoke.yaml` |

`snakemake -n` checks everything and lists every mistake with its file and line, before any job.

## An experiment by example

Saved as `config/experiments/dropout_and_data.yaml`, this is all there is to an experiment:
"""
_LAYERS = """\
```sh
snakemake -n --config experiments=[dropout_and_data]         # check it, and see what would be done
snakemake --cores 8 --config experiments=[dropout_and_data]
```

### What lies over what

Settings are laid over each other in this order: `defaults` of `config.yaml`, `base` of the
experiment, `override` of `config.yaml`, the variant, the grid. Mappings merge; lists, texts and
numbers replace.

`null` deletes what the layers below say, a single key or a part with all its keys. What is
deleted has its own default again, the one of the tables below, not that of `config.yaml`:
`dropout: null` is no dropout, `penalty: {l2: null}` no weight decay, `train: {lr_schedule: null}`
a constant learning rate. What has no default, such as `train.batch_size`, can't be deleted without
a new value. A part whose keys are to be started afresh is deleted in one layer and written in the
next.

Two runs with the same resolved settings are one run, whichever experiment asks for it, and however
the settings are written. Only what changes numbers makes another run: titles, labels, figures,
claims, the names of files and variants and the number of seeds don't. More seeds train the new
seeds alone, and fewer train none: of a block of seeds that is there, only those asked for count.

### `extends`: start from another experiment

```yaml
"""
_EXTENDS = """\
```

The file is laid over the one that it extends, which may extend another one itself.

* Texts, `seeds` and lists (`probes`, `keep`, `figures`, `claims`) replace; a list is never merged,
  so an experiment that adds a claim repeats those that it keeps.
* `variants` and `grid` merge: same names are changed in part, others stay, new ones come last.
* `base` merges, and so does each variant; `null` in them deletes from all layers below, those of
  `config.yaml` and of the extended file alike.
* `null` for anything else takes away what is inherited: a variant, an axis of the grid, `claims`,
  `figures`, a text.

`extends` is no part of a run: what resolves to the same settings is the same run. A mistake in
what is inherited is reported once, in the file where it stands.

### `compat`: the conventions of a book

`compat: book` stands for the conventions of *Deep Learning from Scratch*. It can stand wherever
settings can (in `defaults`, `base`, `override` and variants), and each convention is a setting of
its own that can be used alone:
"""
_COMPAT = """\
A convention says how a part works, never that it is on: dropout and batch normalization stay off
where they are off. Conventions replace what the layers below say; what is written beside `compat`
or in a layer above it wins, and `compat: null` in a layer above takes them back.

With `draw: first` all seeds share their training and validation images: they differ in initial
weights and batches only, and an interval over them says nothing about other images. A search then
sees the images that its best configuration is trained on again; only the test images stay fresh.
"""


def guide() -> Iterator[str]:
    """The parts of the text, in order."""
    yield f"{_FILES}\n```yaml\n{EXAMPLE}```\n\n{_LAYERS}{SEQUEL}{_EXTENDS}"
    for name, conventions in CONVENTIONS.items():
        rows = [
            f"| `{key}` | `{value if isinstance(value, str) else json.dumps(value)}` |"
            for key, value in conventions.items()
        ]
        yield "\n".join([f"| setting | with `compat: {name}` |", "| --- | --- |", *rows]) + "\n"
    yield _COMPAT
