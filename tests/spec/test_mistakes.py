"""What each mistake in a configuration says."""

import pytest

from tests.spec.setting_mistakes import SETTING_MISTAKES
from tests.spec.shape_mistakes import SHAPE_MISTAKES

MISTAKES = {
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
            "experiments/grid.yaml:14: claims[0].test: says nothing about train.epochs, which the "
            "grid varies; write at: {train.epochs: 1} for one point or over: [train.epochs] for "
            "the average over all",
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
            "allowed: grid, random, random_grid, qmc, tpe, gp, hyperband"
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
    # figures
    "misspelt kind of figure": (
        "experiments/plain.yaml",
        "kind: learning_curves",
        "kind: learning_curve",
        [
            "experiments/plain.yaml:13: figures[0]: no kind of figure 'learning_curve'; "
            "did you mean learning_curves?"
        ],
    ),
    "figure without a kind": (
        "experiments/plain.yaml",
        "kind: learning_curves",
        "name: curves",
        [
            "experiments/plain.yaml:13: figures[0]: names no kind of figure; allowed: "
            "learning_curves, weight_scale_panel, best_trials, comparison, metric_by_axis, "
            "heatmap, paired_differences, trade_off, interaction, probe_curves, "
            "weight_distribution, activation_histograms, ensemble, anytime, search_efficiency, "
            "search_space, importance, parallel_coordinates"
        ],
    ),
    "unknown option of a figure": (
        "experiments/grid.yaml",
        "{kind: weight_scale_panel, axis",
        "{kind: weight_scale_panel, axes",
        [
            "experiments/grid.yaml:9: figures[0].axes: weight_scale_panel has no axes; "
            "did you mean axis?",
            "experiments/grid.yaml:9: figures[0].axis: is missing",
        ],
    ),
    "two figures of one name": (
        "experiments/plain.yaml",
        "  - kind: learning_curves",
        "  - kind: learning_curves\n  - kind: learning_curves",
        ["experiments/plain.yaml:14: figures[1].name: learning_curves is the name of two"],
    ),
    "comparison of a metric that does not exist": (
        "experiments/plain.yaml",
        "  - kind: learning_curves",
        "  - {kind: comparison, metrics: [test_acuracy], baseline: baselin}",
        [
            "experiments/plain.yaml:13: figures[0].baseline: no variant 'baselin'; "
            "did you mean baseline?",
            "experiments/plain.yaml:13: figures[0].metrics[0]: 'test_acuracy' is not known; "
            "did you mean test_accuracy?",
        ],
    ),
    "metric by an axis that is misspelt": (
        "experiments/grid.yaml",
        "{kind: weight_scale_panel, axis: model.init.std}",
        "{kind: metric_by_axis, axis: model.init.sdt, metrics: [diverged, gup], "
        "relative_to: plian}",
        [
            "experiments/grid.yaml:9: figures[0].axis: no grid axis 'model.init.sdt'; "
            "did you mean model.init.std?",
            "experiments/grid.yaml:9: figures[0].metrics[1]: 'gup' is not known; did you mean gap?",
            "experiments/grid.yaml:9: figures[0].relative_to: no variant 'plian'; "
            "did you mean plain?",
        ],
    ),
    "axis of the grid that a figure does not say what to do with": (
        "experiments/grid.yaml",
        "figures:\n  - {kind: weight_scale_panel, axis: model.init.std}",
        "  penalty.l2: [0.0, 0.1]\nfigures:\n"
        "  - {kind: metric_by_axis, axis: model.init.std, metrics: [gap]}\n"
        "  - {kind: learning_curves, at: {model.init.std: 0.2}}\n"
        "  - {kind: heatmap, x: model.init.std, y: model.init.std, metrics: [gap], "
        "over: [penalty.l2]}",
        [
            "experiments/grid.yaml:10: figures[0]: says nothing about penalty.l2, which the grid "
            "varies; write at: {penalty.l2: 0.0} for one point or over: [penalty.l2] for the "
            "average over all",
            "experiments/grid.yaml:11: figures[1].at.model.init.std: 0.2 is not on the axis: "
            "1.0, 0.1, 0.01",
            "experiments/grid.yaml:12: figures[2].y: model.init.std is also in x; name it once",
            "experiments/grid.yaml:16: claims[0].test: says nothing about penalty.l2, which the "
            "grid varies; write at: {penalty.l2: 0.0} for one point or over: [penalty.l2] for the "
            "average over all",
        ],
    ),
    "figure of what is not recorded": (
        "experiments/plain.yaml",
        "  - kind: learning_curves",
        "  - {kind: probe_curves, quantity: rms}\n  - {kind: weight_distribution}\n"
        "  - {kind: ensemble}",
        [
            "experiments/plain.yaml:13: figures[0].quantity: rms is what a probe records; "
            "add it: probes: [weights]",
            "experiments/plain.yaml:14: figures[1].kind: weight_distribution draws what a probe "
            "records; add it: probes: [weights]",
            "experiments/plain.yaml:15: figures[2].kind: ensemble averages kept predictions; "
            "add them: keep: [predictions]",
        ],
    ),
    "figures that can't be drawn": (
        "experiments/plain.yaml",
        "  - kind: learning_curves",
        "  - {kind: learning_curves, quantity: loss, gap: true}\n"
        "  - {kind: trade_off, x: gap, y: gap}\n"
        "  - {kind: interaction, metrics: [gap]}\n"
        "  - kind: interaction\n    name: groups\n    metrics: [gap]\n    levels: [a, b]\n"
        "    groups: {One: [baseline], Two: [dropout, baseline]}\n"
        "  - {kind: paired_differences, metrics: [gap], baseline: baseline, variants: [baseline], "
        "margins: {test_accuracy: 0.02}}",
        [
            "experiments/plain.yaml:13: figures[0].gap: the gap is one of accuracies, not of "
            "losses",
            "experiments/plain.yaml:14: figures[1].y: gap is drawn against itself",
            "experiments/plain.yaml:15: figures[2]: needs either axis: AXIS, or levels and groups: "
            "{LINE: [VARIANT, ...]}",
            "experiments/plain.yaml:20: figures[3].groups.One: has 1 variants for 2 levels",
            "experiments/plain.yaml:21: figures[4].baseline: there is no other variant to compare "
            "with it",
            "experiments/plain.yaml:21: figures[4].margins.test_accuracy: test_accuracy is not "
            "among the metrics",
        ],
    ),
    "logarithmic axis of names": (
        "experiments/grid.yaml",
        "  model.init.std: [1.0, 0.1, 0.01]\nfigures:\n"
        "  - {kind: weight_scale_panel, axis: model.init.std}",
        "  model.init: [he, xavier]\nfigures:\n"
        "  - {kind: metric_by_axis, axis: model.init, metrics: [gap], scale: log}",
        [
            "experiments/grid.yaml:9: figures[0].scale: the points of model.init are not all "
            "numbers; write scale: even",
            "experiments/grid.yaml:13: claims[0].test.at.model.init.std: no grid axis "
            "'model.init.std'; did you mean model.init?",
        ],
    ),
    # claims
    "claim about a variant that does not exist": (
        "experiments/plain.yaml",
        "of: dropout",
        "of: dropuot",
        [
            "experiments/plain.yaml:17: claims[0].test.of: no variant 'dropuot'; "
            "did you mean dropout?"
        ],
    ),
    "claim about a metric that does not exist": (
        "experiments/plain.yaml",
        "difference: gap",
        "difference: gpa",
        [
            "experiments/plain.yaml:17: claims[0].test.difference: 'gpa' is not known; "
            "did you mean gap?"
        ],
    ),
    "claim without a test": (
        "experiments/plain.yaml",
        "test: {difference: gap, of",
        "test: {diff: gap, of",
        [
            "experiments/plain.yaml:17: claims[0].test: names no test; write KIND: METRIC with "
            "one of difference, level, ratio, trend, equivalent, interaction, location, "
            "probability"
        ],
    ),
    "claim that compares a variant with itself": (
        "experiments/plain.yaml",
        "minus: baseline",
        "minus: dropout",
        ["experiments/plain.yaml:17: claims[0].test.minus: dropout is compared with itself"],
    ),
    "claim without a margin": (
        "experiments/plain.yaml",
        ", margin: 0.02",
        "",
        ["experiments/plain.yaml:17: claims[0].test.margin: is missing"],
    ),
    "claim that expects a wrong word": (
        "experiments/plain.yaml",
        "expect: below",
        "expect: lower",
        [
            "experiments/plain.yaml:17: claims[0].test.expect: 'lower' is not known; "
            "allowed: above, below"
        ],
    ),
    "claim at a point beside the axis": (
        "experiments/grid.yaml",
        "at: {model.init.std: 0.1}",
        "at: {model.init.std: 0.2}",
        [
            "experiments/grid.yaml:13: claims[0].test.at.model.init.std: 0.2 is not on the axis: "
            "1.0, 0.1, 0.01"
        ],
    ),
    "claim at a point without a grid": (
        "experiments/plain.yaml",
        "margin: 0.02",
        "margin: 0.02, at: {train.epochs: 5}",
        [
            "experiments/plain.yaml:17: claims[0].test.at.train.epochs: no grid axis "
            "'train.epochs'; the experiment has no grid"
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
