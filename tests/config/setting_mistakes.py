"""Mistakes in the settings of an experiment, and the message that each must give."""

SETTING_MISTAKES = {
    # settings: bounds and types, blamed on the line that wrote them
    "too large a rate": (
        "experiments/plain.yaml",
        "rate: 0.5",
        "rate: 1.5",
        ["experiments/plain.yaml:10: variants.dropout.dropout.rate: 1.5 is not below 1"],
    ),
    "negative rate": (
        "experiments/plain.yaml",
        "rate: 0.5",
        "rate: -0.1",
        ["experiments/plain.yaml:10: variants.dropout.dropout.rate: -0.1 is not at least 0"],
    ),
    "missing rate": (
        "experiments/plain.yaml",
        "      rate: 0.5",
        "      scaling: inverted",
        ["experiments/plain.yaml:9: variants.dropout.dropout.rate: is missing"],
    ),
    "misspelt key deep in a variant": (
        "experiments/plain.yaml",
        "rate: 0.5",
        "rat: 0.5",
        [
            "experiments/plain.yaml:9: variants.dropout.dropout.rate: is missing",
            "experiments/plain.yaml:10: variants.dropout.dropout.rat: unknown key; "
            "did you mean rate?",
        ],
    ),
    "misspelt section in a variant": (
        "experiments/plain.yaml",
        "    dropout:\n      rate",
        "    dropuot:\n      rate",
        [
            "experiments/plain.yaml:9: variants.dropout.dropuot: unknown key; "
            "did you mean dropout?",
        ],
    ),
    "misspelt search": (
        "experiments/searched.yaml",
        "    search:",
        "    saerch:",
        [
            "experiments/searched.yaml:6: variants.searched.saerch: unknown key; "
            "did you mean search?",
            "experiments/searched.yaml:13: figures[0].variant: no searched variant 'searched'; "
            "no variant has a search",
        ],
    ),
    "misspelt section in the base": (
        "experiments/plain.yaml",
        "  data:",
        "  dat:",
        ["experiments/plain.yaml:4: base.dat: unknown key; did you mean data?"],
    ),
    "unknown key without a near one": (
        "config.yaml",
        "epochs: 5",
        "epochs: 5\n    zzz: 1",
        [
            "config.yaml:11: defaults.train.zzz: unknown key; allowed: optimizer, batch_size, "
            "epochs, updates, sampling, lr_schedule, warm_up, clip, label_smoothing, early_stopping"
        ],
    ),
    "number with an exponent that YAML reads as text": (
        "experiments/plain.yaml",
        "rate: 0.5",
        "rate: 1e-3",
        [
            "experiments/plain.yaml:10: variants.dropout.dropout.rate: '1e-3' where a number "
            "belongs; write 1.0e-3"
        ],
    ),
    "number in quotes": (
        "experiments/plain.yaml",
        "rate: 0.5",
        'rate: "0.5"',
        [
            "experiments/plain.yaml:10: variants.dropout.dropout.rate: '0.5' where a number "
            "belongs; write 0.5 without quotes"
        ],
    ),
    "fraction for a count": (
        "experiments/plain.yaml",
        "train: 100",
        "train: 100.5",
        ["experiments/plain.yaml:5: base.data.train: 100.5 where a whole number belongs"],
    ),
    "truth value for a number": (
        "experiments/plain.yaml",
        "rate: 0.5",
        "rate: true",
        ["experiments/plain.yaml:10: variants.dropout.dropout.rate: true where a number belongs"],
    ),
    "infinite number": (
        "experiments/plain.yaml",
        "      rate: 0.5",
        "      rate: 0.5\n    penalty: {l2: .inf}",
        ["experiments/plain.yaml:11: variants.dropout.penalty.l2: inf is not a finite number"],
    ),
    "number for a mapping": (
        "experiments/plain.yaml",
        "    dropout:\n      rate: 0.5",
        "    dropout: 0.5",
        ["experiments/plain.yaml:9: variants.dropout.dropout: 0.5 where a mapping belongs"],
    ),
    "word for an option": (
        "config.yaml",
        "activation: relu",
        "activation: rely",
        ["config.yaml:6: defaults.model.activation: no activation 'rely'; did you mean relu?"],
    ),
    "activation of a wrong type": (
        "config.yaml",
        "activation: relu",
        "activation: 3",
        ["config.yaml:6: defaults.model.activation: 3 where a mapping belongs"],
    ),
    "slope for an activation that has its own": (
        "config.yaml",
        "activation: relu",
        "activation: {name: relu, leak: 0.1}",
        ["config.yaml:6: defaults.model.activation.leak: relu has no leak; allowed: name"],
    ),
    "too steep a leak": (
        "config.yaml",
        "activation: relu",
        "activation: {name: leaky_relu, leak: 1.5}",
        ["config.yaml:6: defaults.model.activation.leak: 1.5 is not at most 1"],
    ),
    "unknown initializer": (
        "config.yaml",
        "init: he",
        "init: xaver",
        [
            "config.yaml:6: defaults.model.init: no initializer 'xaver'; did you mean xavier?",
        ],
    ),
    "initializer by a wrong key": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {model: {init: {sdt: 0.1}}}",
        [
            "experiments/plain.yaml:7: variants.baseline.model.init: names no initializer; "
            "allowed: he, he_uniform, xavier, xavier_uniform, glorot, glorot_uniform, orthogonal, "
            "normal",
        ],
    ),
    "scale for an initializer that has its own": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {model: {init: {name: he, std: 0.1}}}",
        [
            "experiments/plain.yaml:7: variants.baseline.model.init.std: he has no std; "
            "allowed: name"
        ],
    ),
    "initializer without its scale": (
        "config.yaml",
        "init: he",
        "init: normal",
        ["config.yaml:6: defaults.model.init.std: is missing"],
    ),
    "unknown optimizer": (
        "config.yaml",
        "name: sgd",
        "name: adma",
        ["config.yaml:8: defaults.train.optimizer: no optimizer 'adma'; did you mean adam?"],
    ),
    "optimizer without a name": (
        "config.yaml",
        "{name: sgd, lr: 0.1}",
        "{lr: 0.1}",
        [
            "config.yaml:8: defaults.train.optimizer: names no optimizer; allowed: sgd, momentum, "
            "nesterov, adagrad, rmsprop, adam, adamw"
        ],
    ),
    "hyperparameter of another optimizer": (
        "config.yaml",
        "{name: sgd, lr: 0.1}",
        "{name: sgd, lr: 0.1, momentum: 0.9}",
        [
            "config.yaml:8: defaults.train.optimizer.momentum: sgd has no momentum; "
            "allowed: name, lr"
        ],
    ),
    "misspelt hyperparameter": (
        "config.yaml",
        "{name: sgd, lr: 0.1}",
        "{name: adam, lr: 0.1, beta_1: 0.8}",
        ["config.yaml:8: defaults.train.optimizer.beta_1: adam has no beta_1; did you mean beta1?"],
    ),
    "momentum of 1": (
        "config.yaml",
        "{name: sgd, lr: 0.1}",
        "{name: momentum, lr: 0.1, momentum: 1}",
        ["config.yaml:8: defaults.train.optimizer.momentum: 1 is not below 1"],
    ),
    "unknown learning-rate schedule": (
        "config.yaml",
        "epochs: 5",
        "epochs: 5\n    lr_schedule: cosin",
        [
            "config.yaml:11: defaults.train.lr_schedule: no learning-rate schedule 'cosin'; "
            "did you mean cosine?"
        ],
    ),
    "steps without a distance": (
        "config.yaml",
        "epochs: 5",
        "epochs: 5\n    lr_schedule: {name: step, evry: 5}",
        [
            "config.yaml:11: defaults.train.lr_schedule.every: is missing",
            "config.yaml:11: defaults.train.lr_schedule.evry: step has no evry; "
            "did you mean every?",
        ],
    ),
    "negative warm-up": (
        "config.yaml",
        "epochs: 5",
        "epochs: 5\n    warm_up: -1",
        ["config.yaml:11: defaults.train.warm_up: -1 is not at least 0"],
    ),
    "warm-up as long as the budget": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {train: {warm_up: 10}}",
        [
            "experiments/plain.yaml:7: variants.baseline.train.warm_up: a warm-up of 10 updates "
            "leaves nothing of a budget of 10"
        ],
    ),
    "clipping to nothing": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {train: {clip: 0}}",
        ["experiments/plain.yaml:7: variants.baseline.train.clip: 0 is not above 0"],
    ),
    "targets smoothed away": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {train: {label_smoothing: 1}}",
        ["experiments/plain.yaml:7: variants.baseline.train.label_smoothing: 1 is not below 1"],
    ),
    "unknown sampling": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {train: {sampling: replace}}",
        [
            "experiments/plain.yaml:7: variants.baseline.train.sampling: 'replace' is not known; "
            "did you mean replacement?"
        ],
    ),
    "early stopping by a test metric": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {train: {early_stopping: {patience: 0, metric: test_loss}}}",
        [
            "experiments/plain.yaml:7: variants.baseline.train.early_stopping.metric: 'test_loss' "
            "is not known; allowed: validation_loss, validation_accuracy",
            "experiments/plain.yaml:7: variants.baseline.train.early_stopping.patience: 0 is not "
            "at least 1",
        ],
    ),
    "truth value for early stopping": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {train: {early_stopping: true}}",
        [
            "experiments/plain.yaml:7: variants.baseline.train.early_stopping: true where a "
            "mapping belongs"
        ],
    ),
    "all labels wrong": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {data: {label_noise: 1.0}}",
        ["experiments/plain.yaml:7: variants.baseline.data.label_noise: 1.0 is not below 1"],
    ),
    "normalization at a wrong place": (
        "experiments/grid.yaml",
        "norm: {batch_norm: true}",
        "norm: {batch_norm: {place: behind, learnd: false}}",
        [
            "experiments/grid.yaml:5: variants.norm.batch_norm.learnd: unknown key; "
            "did you mean learned?",
            "experiments/grid.yaml:5: variants.norm.batch_norm.place: 'behind' is not known; "
            "allowed: before, after",
        ],
    ),
    "every input dropped": (
        "experiments/plain.yaml",
        "      rate: 0.5",
        "      rate: 0\n      input: 1",
        ["experiments/plain.yaml:11: variants.dropout.dropout.input: 1 is not below 1"],
    ),
    "negative penalty": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {penalty: {l1: -1, lp: -2, max_norm: 0}}",
        [
            "experiments/plain.yaml:7: variants.baseline.penalty.l1: -1 is not at least 0",
            "experiments/plain.yaml:7: variants.baseline.penalty.lp: -2 is not at least 0",
            "experiments/plain.yaml:7: variants.baseline.penalty.max_norm: 0 is not above 0",
        ],
    ),
    "power of nothing": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {penalty: {lp: 0.1, p: 0}}",
        ["experiments/plain.yaml:7: variants.baseline.penalty.p: 0 is not above 0"],
    ),
    "no hidden layer": (
        "config.yaml",
        "hidden: [20, 20]",
        "hidden: []",
        ["config.yaml:6: defaults.model.hidden: is empty"],
    ),
    "a layer of nothing": (
        "config.yaml",
        "hidden: [20, 20]",
        "hidden: [20, 0]",
        ["config.yaml:6: defaults.model.hidden[1]: 0 is not at least 1"],
    ),
    "a required setting deleted": (
        "experiments/plain.yaml",
        "  baseline: {}",
        "  baseline: {train: {epochs: null}}",
        [
            "experiments/plain.yaml:7: variants.baseline.train.epochs: no budget; "
            "give epochs or updates"
        ],
    ),
    # settings that do not go together
    "two budgets": (
        "experiments/plain.yaml",
        "  baseline: {}",
        "  baseline: {train: {updates: 100}}",
        [
            "experiments/plain.yaml:7: variants.baseline.train.updates: the budget is given twice; "
            "write epochs: null beside updates: 100, or updates: null beside epochs: 5"
        ],
    ),
    "budget of updates on an axis": (
        "experiments/plain.yaml",
        "seeds: 4",
        "grid: {train.updates: [10]}",
        [
            "experiments/plain.yaml:11: grid.train.updates[0]: the budget is given twice; write "
            "epochs: null beside updates: 10, or updates: null beside epochs: 5"
        ],
    ),
    "optimizer that does not have an inherited hyperparameter": (
        "experiments/plain.yaml",
        "    train: 100\nvariants:\n  baseline: {}",
        "    train: 100\n  train: {optimizer: {name: momentum, momentum: 0.5}}\nvariants:\n"
        "  baseline:\n    train:\n      optimizer:\n        name: adam",
        [
            "experiments/plain.yaml:11: variants.baseline.train.optimizer.name: adam has no "
            "momentum; allowed: name, lr, beta1, beta2, eps; momentum: null deletes the inherited "
            "one"
        ],
    ),
    "two normalizations": (
        "experiments/grid.yaml",
        "norm: {batch_norm: true}",
        "norm: {batch_norm: true, layer_norm: true}",
        [
            "experiments/grid.yaml:5: variants.norm.batch_norm: batch and layer normalization are "
            "both on; write batch_norm: null or layer_norm: null"
        ],
    ),
    "Lp without a power": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {penalty: {lp: 0.1}}",
        [
            "experiments/plain.yaml:7: variants.baseline.penalty.lp: lp needs a power p, such as "
            "p: 0.5"
        ],
    ),
    "the shape of penalties that are not there": (
        "experiments/plain.yaml",
        "baseline: {}",
        "baseline: {penalty: {p: 0.5, l1_method: proximal}}",
        [
            "experiments/plain.yaml:7: variants.baseline.penalty.l1_method: proximal does nothing "
            "without l1",
            "experiments/plain.yaml:7: variants.baseline.penalty.p: 0.5 does nothing without lp",
        ],
    ),
    "batch larger than the training set": (
        "experiments/plain.yaml",
        "train: 100",
        "train: 40",
        [
            "experiments/plain.yaml:5: base.data.train: a batch of 50 is more than the "
            "40 training images"
        ],
    ),
    "batch normalization of one image": (
        "experiments/grid.yaml",
        "norm: {batch_norm: true}",
        "norm: {batch_norm: true, train: {batch_size: 1}}",
        [
            "experiments/grid.yaml:5: variants.norm.train.batch_size: batches of 1 from 100 "
            "training images leave a batch of 1; batch normalization needs at least 2"
        ],
    ),
    "batch normalization of a last batch of one image": (
        "experiments/grid.yaml",
        "norm: {batch_norm: true}",
        "norm: {batch_norm: true, data: {train: 101}}",
        [
            "experiments/grid.yaml:5: variants.norm.data.train: batches of 50 from 101 training "
            "images leave a batch of 1; batch normalization needs at least 2"
        ],
    ),
    "more images than the pool has": (
        "experiments/plain.yaml",
        "train: 100",
        "train: 251",
        [
            "experiments/plain.yaml:5: base.data.train: 251 training and 50 validation images need "
            "31 of a class; the pool of digits has 30"
        ],
    ),
    "unknown dataset": (
        "config.yaml",
        "dataset: digits",
        "dataset: digit",
        ["config.yaml:5: defaults.data.dataset: no dataset 'digit'; did you mean digits?"],
    ),
}
