"""What training refuses: each message names the argument, its value and what is allowed."""

from dataclasses import replace

import numpy as np
import pytest

from overfit import nn
from overfit.nn.schedules import WarmUp
from overfit.nn.schedules.cosine import Cosine
from overfit.nn.schedules.step import Step
from overfit.training.examples import Examples
from overfit.training.loop import EarlyStopping, Recipe, train
from overfit.training.schedule import Schedule
from overfit.training.stack import Stack
from tests.training.problems import TEST, digits, part, replicates

NAN = float("nan")
NETWORK = nn.mlp(64, [8], 10)
NORMALIZED = nn.mlp(64, [8], 10, norm=nn.BatchNorm)
SCHEDULE = Schedule(60, 20, 2)
POSITIVE = "it must be above 0"
SHARE = "it must be at least 0 and below 1"
WHOLE = "it must be a whole number, at least 1"


def stack(members=None, **options):
    members = members or replicates([1, 2])
    return Stack(NETWORK, members, 10, [np.random.default_rng(r) for r in (1, 2)], **options)


def run(**options):
    return train(Recipe(NETWORK, SCHEDULE), replicates([1]), part(TEST), root_seed=1, **options)


ARGUMENTS = [
    (EarlyStopping, "patience", [0, -1, 1.5, NAN], WHOLE),
    (lambda v: EarlyStopping(3, v), "metric", ["test_loss"], "it must be one of"),
    (Step, "every", [0, 2.5], WHOLE),
    (lambda v: Step(3, v), "gamma", [0.0, -1.0, NAN], POSITIVE),
    (Cosine, "updates", [0, -1, NAN], WHOLE),
    (lambda v: Cosine(3, v), "end", [-0.1, 1.0, NAN], SHARE),
    (WarmUp, "updates", [0, 0.5], WHOLE),
    (lambda v: Recipe(NETWORK, SCHEDULE, clip=v), "clip", [0.0, -1.0, NAN], POSITIVE),
    (
        lambda v: Recipe(NETWORK, SCHEDULE, label_smoothing=v),
        "label_smoothing",
        [-0.1, 1.0, NAN],
        SHARE,
    ),
    (lambda v: stack(label_smoothing=v), "smoothing", [-0.1, 1.0], SHARE),
    (lambda v: run(stack=v), "stack", [0, -1, 1.5], WHOLE),
    (lambda v: Schedule(v, 1, 1), "examples", [0, 1.5, NAN], WHOLE),
    (lambda v: Schedule(10, v, 1), "batch_size", [0, 2.5, NAN], WHOLE),
    (lambda v: Schedule(10, 5, v), "epochs", [0, 2.5, NAN], WHOLE),
    (lambda v: Schedule(10, 5, updates=v), "updates", [0, 2.5], WHOLE),
    (lambda v: Schedule(10, 5, 1, v), "points", [0, 2.5], WHOLE),
    (lambda v: Schedule(10, 5, 1, sampling=v), "sampling", ["bootstrap"], "it must be one of"),
    (lambda v: Schedule(10, v, 1), "batch_size", [11], "it must not exceed the 10 examples"),
]


@pytest.mark.parametrize(
    ("make", "value", "message"),
    [
        pytest.param(make, value, f"{name} is {value!r}; {allowed}", id=f"{i}-{name}-{value}")
        for i, (make, name, values, allowed) in enumerate(ARGUMENTS)
        for value in values
    ],
)
def test_what_makes_no_sense_is_refused(make, value, message):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - compared below, as plain text
        make(value)
    assert str(refusal.value).startswith(message)


def test_only_predictions_and_parameters_are_kept():
    with pytest.raises(ValueError, match="keep has 'params'; it may have 'predictions' and"):
        Recipe(NETWORK, SCHEDULE, keep=frozenset({"params"}))


@pytest.mark.parametrize(
    ("schedule", "batch"),
    [
        (Schedule(60, 1, 1), "batch_size is 1 with 60 examples"),
        (Schedule(61, 20, 1), "batch_size is 20 with 61 examples, so a batch has only 1"),
        (Schedule(60, 1, 1, sampling="replacement"), "batch_size is 1 with 60 examples"),
        (Schedule(61, 20, updates=4), "batch_size is 20 with 61 examples"),
    ],
)
def test_batch_norm_refuses_a_schedule_with_a_batch_of_one(schedule, batch):
    with pytest.raises(ValueError, match=f"{batch}.* BatchNorm needs at least 2"):
        Recipe(NORMALIZED, schedule)
    Recipe(NETWORK, schedule)


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(62, 20, 1),
        Schedule(60, 20, 1),
        Schedule(61, 20, updates=3),  # ends before the batch of one
        Schedule(61, 20, 1, sampling="replacement"),
    ],
)
def test_batch_norm_accepts_a_schedule_without_a_batch_of_one(schedule):
    Recipe(NORMALIZED, schedule)


def one_of_two(**changes):
    first, second = replicates([1, 2])
    return [first, replace(second, **changes)]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (one_of_two(optimizer=nn.Adam(0.1)), "Adam and SGD; .* the same kind of each part"),
        (one_of_two(penalties=(nn.L2(0.1),)), "SGD and SGD L2; .* the same kind of each part"),
        (one_of_two(penalties=(nn.MaxNorm(1.0),)), "SGD MaxNorm; .* the same kind of each part"),
        (
            one_of_two(train=part(slice(0, 50))),
            r"\(50, 64, 'float32'\), \(60, 64, 'float32'\).* need the same",
        ),
        (
            one_of_two(train=Examples(digits().inputs[:60].astype(float), digits().labels[:60])),
            r"'float64'\).* need the same",
        ),
    ],
)
def test_replicates_that_cannot_be_trained_together_are_refused(members, message):
    with pytest.raises(ValueError, match=message):
        stack(members)


@pytest.mark.parametrize("where", ["train", "validation", "test"])
def test_labels_that_the_network_has_no_logit_for_are_refused(where):
    [member] = replicates([1])
    sets = {"train": member.train, "validation": member.validation, "test": part(TEST)}
    labels = sets[where].labels.copy()
    labels[0] = 10
    sets[where] = Examples(sets[where].inputs, labels)
    with pytest.raises(ValueError, match="labels run from 0 to 10; 10 classes allow 0 to 9"):
        train(
            Recipe(NETWORK, SCHEDULE),
            [replace(member, train=sets["train"], validation=sets["validation"])],
            sets["test"],
            root_seed=1,
        )


def test_inputs_that_do_not_fit_the_network_are_refused():
    with pytest.raises(ValueError, match=r"x has shape .* its last axis must be n_in = 63"):
        train(Recipe(nn.mlp(63, [8], 10), SCHEDULE), replicates([1]), part(TEST), root_seed=1)


def test_a_class_that_no_example_has_is_no_mistake():
    """The number of classes is the network's, whatever labels there happen to be."""
    wide = nn.mlp(64, [8], 12)
    [one] = train(Recipe(wide, SCHEDULE), replicates([1]), part(TEST), root_seed=1)
    assert np.isfinite(one.history.columns["loss"]).all()
    assert one.history.columns["loss"][-1] < one.history.columns["loss"][2]
