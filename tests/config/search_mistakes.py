"""Mistakes in searches: what takes the place of the search, and what is said."""

SPACE = "train.optimizer.lr: {log_uniform: [1.0e-6, 1.0e-2]}"


def at(path: str, message: str, line: int = 8) -> str:
    return f"config/experiments/searched.yaml:{line}: variants.searched.search.{path}: {message}"


RANGES = {
    "ends swapped": (
        "{uniform: [1.0, 0.5]}",
        [at("space.train.optimizer.lr.uniform", "1 is not below 0.5")],
    ),
    "ends equal": (
        "{uniform: [0.5, 0.5]}",
        [at("space.train.optimizer.lr.uniform", "0.5 is not below 0.5")],
    ),
    "log of zero": (
        "{log_uniform: [0.0, 0.5]}",
        [at("space.train.optimizer.lr.log_uniform[0]", "0.0 is not above 0")],
    ),
    "log of a negative": (
        "{log_uniform: [-1.0, 0.5]}",
        [at("space.train.optimizer.lr.log_uniform[0]", "-1.0 is not above 0")],
    ),
    "three ends": (
        "{uniform: [0.1, 0.2, 0.3]}",
        [at("space.train.optimizer.lr.uniform", "has more than 2 items")],
    ),
    "one end": (
        "{uniform: [0.1]}",
        [at("space.train.optimizer.lr.uniform[1]", "is missing")],
    ),
    "text for an end": (
        "{uniform: [1e-3, 1.0]}",
        [
            at(
                "space.train.optimizer.lr.uniform[0]",
                "'1e-3' where a number belongs; write 1.0e-3",
            )
        ],
    ),
    "value instead of a range": (
        "0.1",
        [
            at(
                "space.train.optimizer.lr",
                "0.1 where a mapping such as {uniform: [low, high]} belongs",
            )
        ],
    ),
    "misspelt kind": (
        "{log_unifrom: [0.1, 0.2]}",
        [at("space.train.optimizer.lr", "has no values; did you mean log_uniform?")],
    ),
    "no kind": (
        "{points: 3}",
        [
            at(
                "space.train.optimizer.lr",
                "has no values; allowed: uniform, log_uniform, int, log_int, choice",
            )
        ],
    ),
    "two kinds": (
        "{uniform: [0.1, 0.2], choice: [1.0]}",
        [at("space.train.optimizer.lr", "uniform and choice are given; one of them is enough")],
    ),
    "misspelt option": (
        "{uniform: [0.1, 0.2], ponts: 3}",
        [at("space.train.optimizer.lr.ponts", "uniform has no ponts; did you mean points?")],
    ),
    "points of a choice": (
        "{choice: [0.1, 0.2], points: 3}",
        [at("space.train.optimizer.lr.points", "choice has no points; allowed: when, choice")],
    ),
    "no choices": ("{choice: []}", [at("space.train.optimizer.lr.choice", "is empty")]),
    "choice twice": (
        "{choice: [0.1, 0.2, 0.1]}",
        [at("space.train.optimizer.lr.choice[2]", "0.1 appears twice")],
    ),
    "choice that the setting does not allow": (
        "{choice: [0.1, fast]}",
        [at("space.train.optimizer.lr.choice[1]", "'fast' where a number belongs")],
    ),
    "condition on a key that is not searched": (
        "{uniform: [0.1, 0.2], when: {batch_norm: true}}",
        [
            at(
                "space.train.optimizer.lr.when.batch_norm",
                "batch_norm is not searched; allowed: train.optimizer.lr",
            )
        ],
    ),
}
SPACES = {
    "unknown key": (
        "train.optimizer.rl: {uniform: [0.1, 0.2]}",
        [
            at(
                "space.train.optimizer.rl",
                "no setting to search for; did you mean train.optimizer.lr?",
            )
        ],
    ),
    "dataset": (
        "data.dataset: {choice: [digits]}",
        [at("space.data.dataset", "is the same for all trials of a search")],
    ),
    "range for a name": (
        "model.activation: {uniform: [0.1, 0.2]}",
        [at("space.model.activation.uniform", "the setting is no number; write choice: [...]")],
    ),
    "fractions of a whole number": (
        "train.batch_size: {log_uniform: [10.0, 20.0]}",
        [at("space.train.batch_size.log_uniform", "the setting is a whole number; write log_int")],
    ),
    "batch larger than the training set": (
        "train.batch_size: {int: [10, 101]}",
        [
            at(
                "space.train.batch_size.int[1]",
                "a batch of 101 is more than the 100 training images",
            )
        ],
    ),
    "pair that can't go together": (
        "layer_norm: {choice: [null, true]}\n        batch_norm: {choice: [null, true]}",
        [
            at(
                "space.layer_norm.choice[1]",
                "batch and layer normalization are both on; write batch_norm: null or "
                "layer_norm: null",
            )
        ],
    ),
    "part of what is searched": (
        "dropout: {choice: [null, {rate: 0.1}]}\n        dropout.rate: {uniform: [0.1, 0.2]}",
        [
            at(
                "space.dropout.rate",
                "is part of dropout, which is searched too; give it when: {dropout: ...}",
                line=9,
            )
        ],
    ),
    "condition on a continuous key": (
        "penalty.l2: {uniform: [0.1, 0.2]}\n"
        "        penalty.l1: {uniform: [0.1, 0.2], when: {penalty.l2: 0.1}}",
        [
            at(
                "space.penalty.l1.when.penalty.l2",
                "penalty.l2 is continuous; a condition needs a choice or int",
                line=9,
            )
        ],
    ),
    "condition that never holds": (
        "model.depth: {int: [1, 3]}\n"
        "        penalty.l1: {uniform: [0.1, 0.2], when: {model.depth: [2, 4]}}",
        [at("space.penalty.l1.when.model.depth", "4 is no value of model.depth", line=9)],
    ),
    "conditions in a circle": (
        "model.depth: {int: [1, 3], when: {model.width: 8}}\n"
        "        model.width: {int: [7, 9], when: {model.depth: 2}}",
        [
            at(
                "space.model.depth.when",
                "the conditions go in a circle: model.depth -> model.width -> model.depth",
            )
        ],
    ),
}
SEARCHES = {
    "empty space": (
        f"space:\n        {SPACE}",
        "space: {}",
        [at("space", "is empty", line=7)],
    ),
    "continuous axis of a grid": (
        "method: random",
        "method: grid",
        [
            at(
                "space.train.optimizer.lr",
                "a grid needs points here: {log_uniform: [...], points: 5}",
            )
        ],
    ),
    "more points than trials": (
        f"{SPACE}\n      method: random",
        "train.optimizer.lr: {log_uniform: [1.0e-6, 1.0e-2], points: 7}\n"
        "        model.depth: {int: [1, 3]}\n      method: grid",
        [
            at(
                "trials",
                "the grid has 21 points, more than 20; raise trials, or sample from the "
                "grid with method: random_grid",
                line=11,
            )
        ],
    ),
    "no trials": ("trials: 20", "trials: 0", [at("trials", "0 is not at least 1", line=10)]),
    "no repeats": (
        "trials: 20",
        "repeats: 0\n      trials: 20",
        [at("repeats", "0 is not at least 1", line=10)],
    ),
    "rounds of a method without": (
        "trials: 20",
        "round: 4\n      trials: 20",
        [at("round", "random has no rounds of a chosen size; gp and tpe have", line=10)],
    ),
    "test metric": (
        "maximize: validation_accuracy",
        "maximize: test_accuracy",
        [
            at(
                "objective.maximize",
                "test_accuracy is measured on test images, which a search must not see; "
                "maximize validation_accuracy or minimize validation_loss",
                line=11,
            )
        ],
    ),
    "objective that does not exist": (
        "maximize: validation_accuracy",
        "maximize: happiness",
        [
            at(
                "objective.maximize",
                "'happiness' is not known; allowed: validation_accuracy",
                line=11,
            )
        ],
    ),
    "no objective": (
        "{maximize: validation_accuracy}",
        "{}",
        [
            at(
                "objective",
                "names no metric; maximize: validation_accuracy or minimize: validation_loss",
                line=11,
            )
        ],
    ),
    "two objectives": (
        "{maximize: validation_accuracy}",
        "{maximize: validation_accuracy, minimize: validation_loss}",
        [at("objective.minimize", "two metrics are given; one of them is enough", line=11)],
    ),
    "epochs of hyperband": (
        f"{SPACE}\n      method: random",
        "train.epochs: {int: [5, 9]}\n      method: hyperband",
        [
            at(
                "space.train.epochs",
                "hyperband itself chooses train.epochs; take it out of the space",
            )
        ],
    ),
    "warm-up longer than hyperband's first rung": (
        "      method: random",
        "        train.warm_up: {int: [0, 9]}\n      method: hyperband",
        [
            at(
                "method",
                "a warm-up of 9 updates leaves nothing of a budget of 4",
                line=10,
            )
        ],
    ),
}
