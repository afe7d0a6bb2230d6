"""What each mistake in a configuration says."""

import pytest

from tests.config.answer_mistakes import ANSWER_MISTAKES
from tests.config.setting_mistakes import SETTING_MISTAKES
from tests.config.shape_mistakes import SHAPE_MISTAKES

MISTAKES = {
    **ANSWER_MISTAKES,
    **SETTING_MISTAKES,
    **SHAPE_MISTAKES,
    # the experiment file
    "missing title": (
        "experiments/plain.yaml",
        "title: Plain\n",
        "",
        ["experiments/plain.yaml:1: title: is missing"],
    ),
    "empty title": (
        "experiments/plain.yaml",
        "title: Plain",
        "title:",
        ["experiments/plain.yaml:1: title: nothing where text belongs"],
    ),
    "number for a title": (
        "experiments/plain.yaml",
        "title: Plain",
        "title: 2020",
        ['experiments/plain.yaml:1: title: 2020 where text belongs; put it in quotes: "2020"'],
    ),
    "misspelt key": (
        "experiments/plain.yaml",
        "question:",
        "qeustion:",
        [
            "experiments/plain.yaml:1: question: is missing",
            "experiments/plain.yaml:2: qeustion: unknown key; did you mean question?",
        ],
    ),
    "variant without braces": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline:",
        [
            "experiments/plain.yaml:7: variants.baseline: nothing where a mapping belongs; "
            "write {} for one without keys",
            "experiments/plain.yaml:17: claims[0].test.minus: no variant 'baseline'; "
            "allowed: dropout",
        ],
    ),
    "name that is no file name": (
        "experiments/searched.yaml",
        "  baseline: {}",
        "  base line: {}",
        [
            "experiments/searched.yaml:4: variants.base line: the name of a variant may "
            "only hold a-z, 0-9, - and _, at most 60"
        ],
    ),
    "too few seeds": (
        "experiments/plain.yaml",
        "seeds: 4",
        "seeds: 1",
        ["experiments/plain.yaml:11: seeds: 1 is not at least 2"],
    ),
    "unknown probe": (
        "experiments/plain.yaml",
        "seeds: 4",
        "probes: [weight, gradients, gradients]\nkeep: [everything]",
        [
            "experiments/plain.yaml:11: probes[0]: 'weight' is not known; did you mean weights?",
            "experiments/plain.yaml:12: keep[0]: 'everything' is not known; "
            "allowed: parameters, predictions",
        ],
    ),
    "probe twice": (
        "experiments/plain.yaml",
        "seeds: 4",
        "probes: [gradients, gradients]",
        ["experiments/plain.yaml:11: probes[1]: gradients appears twice"],
    ),
    "probe that is no list": (
        "experiments/plain.yaml",
        "seeds: 4",
        "probes: weights",
        ["experiments/plain.yaml:11: probes: 'weights' where a list belongs"],
    ),
    # the grid
    "misspelt axis": (
        "experiments/grid.yaml",
        "  model.init.std: [1.0, 0.1, 0.01]",
        "  model.init.sdt: [1.0, 0.1, 0.01]",
        [
            "experiments/grid.yaml:7: grid.model.init.sdt: unknown setting; "
            "did you mean model.init.std?",
            "experiments/grid.yaml:9: figures[0].axis: no grid axis 'model.init.std'; "
            "did you mean model.init.sdt?",
            "experiments/grid.yaml:13: claims[0].test.at.model.init.std: no grid axis "
            "'model.init.std'; did you mean model.init.sdt?",
        ],
    ),
    "bad point on an axis": (
        "experiments/grid.yaml",
        "[1.0, 0.1, 0.01]",
        "[1.0, 0.1, -1]",
        ["experiments/grid.yaml:7: grid.model.init.std[2]: -1 is not above 0"],
    ),
    "point twice": (
        "experiments/grid.yaml",
        "[1.0, 0.1, 0.01]",
        "[1.0, 0.1, 1]",
        ["experiments/grid.yaml:7: grid.model.init.std[2]: 1 appears twice"],
    ),
    "list as a point": (
        "experiments/grid.yaml",
        "[1.0, 0.1, 0.01]",
        "[1.0, 0.1, [2]]",
        [
            "experiments/grid.yaml:7: grid.model.init.std[2]: a list where a number, text, true or "
            "false belongs"
        ],
    ),
    "number for an axis": (
        "experiments/plain.yaml",
        "seeds: 4",
        "grid: {train.epochs: 3}",
        ["experiments/plain.yaml:11: grid.train.epochs: 3 where a list belongs"],
    ),
    "variant that sets what the grid varies": (
        "experiments/grid.yaml",
        "plain: {}",
        "plain: {model: {init: xavier}}",
        [
            "experiments/grid.yaml:4: variants.plain.model.init: the grid varies model.init.std; "
            "take it out of one of them"
        ],
    ),
    "too many runs in a file": (
        "experiments/grid.yaml",
        "grid:",
        "grid:\n  train.epochs: [1, 2, 3, 4, 5, 6, 7, 8, 9]",
        [
            "experiments/grid.yaml:6: grid: 2 variants at 27 points are 54 runs, more than "
            "max_runs (50)",
            "experiments/grid.yaml:10: figures[0].axis: weight_scale_panel needs a grid of the "
            "single axis model.init.std; there is also train.epochs",
            "experiments/grid.yaml:14: claims[0].test: leaves out train.epochs, an axis of the "
            "grid; write at: {train.epochs: 1} for one point or over: [train.epochs] to average "
            "over all of them",
        ],
    ),
    "too many runs in all": (
        "config.yaml",
        "max_runs: 50",
        "max_runs: 8",
        ["config.yaml:3: max_runs: 9 runs are asked for, more than 8; raise it or set thin_grid"],
    ),
    # the search
    "search for no setting": (
        "experiments/searched.yaml",
        "train.optimizer.lr:",
        "train.optimiser.lr:",
        [
            "experiments/searched.yaml:8: variants.searched.search.space.train.optimiser.lr: "
            "no setting to search for; did you mean train.optimizer.lr?"
        ],
    ),
    "search range upside down": (
        "experiments/searched.yaml",
        "[1.0e-6, 1.0e-2]",
        "[1.0e-2, 1.0e-6]",
        [
            "experiments/searched.yaml:8: variants.searched.search.space.train.optimizer.lr"
            ".log_uniform: 0.01 is not below 1e-06"
        ],
    ),
    "search range beyond what the setting allows": (
        "experiments/searched.yaml",
        "[1.0e-6, 1.0e-2]",
        "[1.0e-6, 1.0e+9]",
        [
            "experiments/searched.yaml:8: variants.searched.search.space.train.optimizer.lr"
            ".log_uniform[1]: 1000000000.0 is not at most 1000"
        ],
    ),
    "unknown method": (
        "experiments/searched.yaml",
        "method: random",
        "method: magic",
        [
            "experiments/searched.yaml:9: variants.searched.search.method: 'magic' is not known; "
            "allowed: gp, grid, hyperband, qmc, random, random_grid, tpe"
        ],
    ),
    "variant that sets what its search finds": (
        "experiments/searched.yaml",
        "    search:",
        "    train: {optimizer: {lr: 0.1}}\n    search:",
        [
            "experiments/searched.yaml:6: variants.searched.train.optimizer.lr: the search finds "
            "train.optimizer.lr; take it out of one of them"
        ],
    ),
    "search across a grid": (
        "experiments/searched.yaml",
        "figures:",
        "grid: {train.epochs: [1, 2]}\nfigures:",
        [
            "experiments/searched.yaml:6: variants.searched.search: a searched variant cannot be "
            "crossed with a grid"
        ],
    ),
    # YAML
    "duplicate key": (
        "experiments/plain.yaml",
        "seeds: 4",
        "seeds: 4\nseeds: 5",
        ["experiments/plain.yaml:12: seeds: appears twice; first in line 11"],
    ),
    "tab": (
        "experiments/plain.yaml",
        "      rate: 0.5",
        "\t\trate: 0.5",
        ["experiments/plain.yaml:10: a tab in the indentation; use spaces"],
    ),
    "no for a text": (
        "experiments/plain.yaml",
        "question: Does it work?",
        "question: no",
        ['experiments/plain.yaml:2: question: YAML reads no as false; write false, or "no"'],
    ),
    "on for true": (
        "experiments/grid.yaml",
        "batch_norm: true",
        "batch_norm: on",
        [
            "experiments/grid.yaml:5: variants.norm.batch_norm: YAML reads on as true; "
            'write true, or "on"'
        ],
    ),
    "key that is true": (
        "experiments/plain.yaml",
        "seeds: 4",
        "yes: 4",
        [
            'experiments/plain.yaml:11: yes: YAML does not read this key as text; write "yes"',
        ],
    ),
    "number to base 60": (
        "experiments/plain.yaml",
        "seeds: 4",
        "seeds: 1:30",
        ['experiments/plain.yaml:11: seeds: 1:30 is not a decimal number; if it is text: "1:30"'],
    ),
    "octal number": (
        "experiments/plain.yaml",
        "seeds: 4",
        "seeds: 010",
        ['experiments/plain.yaml:11: seeds: 010 is not a decimal number; if it is text: "010"'],
    ),
    "colon in a text": (
        "experiments/plain.yaml",
        "title: Plain",
        "title: Plain: and simple",
        [
            'experiments/plain.yaml:1: is not valid YAML: a second ": " in a line; put text that '
            "holds a colon in quotes"
        ],
    ),
    "object tag": (
        "experiments/plain.yaml",
        "title: Plain",
        "title: !!python/object:os.system x",
        [
            "experiments/plain.yaml:1: title: the tag tag:yaml.org,2002:python/object:os.system is "
            "not allowed; write plain values"
        ],
    ),
    "merge key": (
        "experiments/plain.yaml",
        "  dropout:\n    dropout",
        "  dropout:\n    <<: {}\n    dropout",
        [
            "experiments/plain.yaml:9: variants.dropout: merge keys (<<) are not supported; "
            "write the keys out"
        ],
    ),
    "list as a key": (
        "experiments/plain.yaml",
        "seeds: 4",
        "[seeds]: 4",
        ["experiments/plain.yaml:11: a key must be text"],
    ),
    "two documents": (
        "experiments/plain.yaml",
        "seeds: 4",
        "---\nseeds: 4",
        ["experiments/plain.yaml:11: a second document (---) in one file"],
    ),
    # the configuration and the catalogue
    "misspelt configuration key": (
        "config.yaml",
        "seeds_per_job",
        "seed_per_job",
        ["config.yaml:2: seed_per_job: unknown key; did you mean seeds_per_job?"],
    ),
    "unknown experiment": (
        "config.yaml",
        "experiments: all",
        "experiments: [plain, gird]",
        ["config.yaml:1: experiments[1]: no experiment 'gird'; did you mean grid?"],
    ),
    "no experiments": (
        "config.yaml",
        "experiments: all",
        "experiments: []",
        ["config.yaml:1: experiments: is empty"],
    ),
    "pool that is no multiple of the classes": (
        "datasets.yaml",
        "pool: 300",
        "pool: 301",
        ["datasets.yaml:9: digits.pool: 301 images are not as many of each of 10 classes"],
    ),
    "checksum that is none": (
        "datasets.yaml",
        "sha256: abcd",
        "sha256: zbcd",
        [
            "datasets.yaml:6: digits.sha256: 'zbcd000000000000000000000000000000000'... does "
            "not fit ^[0-9a-f]{64}$"
        ],
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_said(project, file, old, new, expected):
    project.edit(f"config/{file}", old, new)
    assert project.messages() == [f"config/{line}" for line in expected]
