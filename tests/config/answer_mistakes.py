"""Mistakes in figures and claims, and the message of each."""

REPORTED = ("title:", "reported: [{{of: searched, {}, cites: a book}}]\ntitle:")

ANSWER_MISTAKES = {
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
            "search_space, importance, parallel_coordinates, one_at_a_time"
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
            "experiments/grid.yaml:10: figures[0]: leaves out penalty.l2, an axis of the grid; "
            "write at: {penalty.l2: 0.0} for one point or over: [penalty.l2] to average over all "
            "of them",
            "experiments/grid.yaml:11: figures[1].at.model.init.std: 0.2 is not on the axis: "
            "1.0, 0.1, 0.01",
            "experiments/grid.yaml:12: figures[2].y: model.init.std is also in x; name it once",
            "experiments/grid.yaml:16: claims[0].test: leaves out penalty.l2, an axis of the "
            "grid; write at: {penalty.l2: 0.0} for one point or over: [penalty.l2] to average "
            "over all of them",
        ],
    ),
    "comparison on a grid": (
        "experiments/grid.yaml",
        "  - {kind: weight_scale_panel, axis: model.init.std}",
        "  - {kind: comparison, metrics: [gap], baseline: plain}",
        [
            "experiments/grid.yaml:9: figures[0].kind: comparison can't draw a grid "
            "(model.init.std): it compares variants at a single point, as paired_differences does "
            "on a grid"
        ],
    ),
    "panel of scales with a second axis": (
        "experiments/grid.yaml",
        "figures:\n",
        "  penalty.l2: [0.0, 0.1]\nfigures:\n",
        [
            "experiments/grid.yaml:10: figures[0].axis: weight_scale_panel needs a grid of the "
            "single axis model.init.std; there is also penalty.l2",
            "experiments/grid.yaml:14: claims[0].test: leaves out penalty.l2, an axis of the "
            "grid; write at: {penalty.l2: 0.0} for one point or over: [penalty.l2] to average "
            "over all of them",
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
    "one factor at a time that isn't": (
        "experiments/plain.yaml",
        "  - kind: learning_curves",
        "  - kind: one_at_a_time\n    metrics: [gap]\n    baseline: baseline\n"
        '    factors: {One: {"0": baseline}, Two: {"0": baseline, "1": dropuot}}',
        [
            "experiments/plain.yaml:16: figures[0].factors.Two.1: no variant 'dropuot'; did you "
            "mean dropout?",
        ],
    ),
    "factors with one value": (
        "experiments/plain.yaml",
        "  - kind: learning_curves",
        "  - kind: one_at_a_time\n    metrics: [gap]\n    baseline: baseline\n"
        '    factors: {One: {"0": baseline}, Two: {"0": baseline, "1": dropout}}',
        ["experiments/plain.yaml:16: figures[0].factors.One: has 1 values; 2 to 8 can be drawn"],
    ),
    "one factor at a time on a grid": (
        "experiments/grid.yaml",
        "figures:\n",
        "figures:\n  - kind: one_at_a_time\n    metrics: [gap]\n    baseline: plain\n"
        '    factors: {One: {"0": plain, "1": plain}, Two: {"0": plain, "1": plain}}\n',
        [
            "experiments/grid.yaml:9: figures[0]: one_at_a_time draws variants, and the grid "
            "varies model.init.std as well",
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
            "experiments/plain.yaml:17: claims[0].test: names no kind of test; write KIND: METRIC "
            "with one of difference, equivalent, interaction, level, location, probability, "
            "ratio, trend"
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
    # numbers of the source
    "number of the source without a metric": (
        "experiments/searched.yaml",
        REPORTED[0],
        REPORTED[1].format("value: 0.8"),
        [
            "experiments/searched.yaml:1: reported[0]: names no number; write metric: METRIC, or "
            "found: KEY for a search"
        ],
    ),
    "number of the source of a key that is not searched": (
        "experiments/searched.yaml",
        REPORTED[0],
        REPORTED[1].format("found: penalty.l1, value: 0.8"),
        [
            "experiments/searched.yaml:1: reported[0].found: no key of the search 'penalty.l1'; "
            "allowed: train.optimizer.lr, score"
        ],
    ),
    "number of the source with a metric and a key": (
        "experiments/searched.yaml",
        REPORTED[0],
        REPORTED[1].format("found: train.optimizer.lr, metric: gap, value: 0.8"),
        [
            "experiments/searched.yaml:1: reported[0].metric: metric and found are both given; "
            "keep one"
        ],
    ),
    "number of the source of a variant without a search": (
        "experiments/searched.yaml",
        REPORTED[0],
        REPORTED[1].replace("of: searched", "of: baseline").format("found: score, value: 0.8"),
        ["experiments/searched.yaml:1: reported[0].found: baseline has no search"],
    ),
    "number of the source at no point of the grid": (
        "experiments/grid.yaml",
        "title:",
        "reported: [{of: plain, metric: gap, value: 0.8, cites: a book}]\ntitle:",
        [
            "experiments/grid.yaml:1: reported[0]: says nothing about model.init.std; "
            "write at: {model.init.std: 1.0}"
        ],
    ),
}
