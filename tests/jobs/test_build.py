"""Every setting reaches the core."""

import pickle
from functools import partial
from typing import Any, get_args

import pytest

from overfit import nn
from overfit.config.merging import merged, nested
from overfit.config.names import KeptName, ProbeName
from overfit.config.resolving import CONVENTIONS, KEYS
from overfit.config.settings import Settings
from overfit.config.specs import Recording
from overfit.jobs import build
from overfit.metrics.table import probe_files
from overfit.nn.schedules import WarmUp
from overfit.nn.schedules.constant import Constant
from overfit.nn.schedules.cosine import Cosine
from overfit.nn.schedules.step import Step
from overfit.training.loop import EarlyStopping
from overfit.training.probes import make
from overfit.training.schedule import Schedule

BASE: dict[str, Any] = {
    "data": {"dataset": "digits", "train": 100, "validation": 50},
    "model": {"hidden": [8, 6], "activation": "relu", "init": "he"},
    "train": {"optimizer": {"name": "sgd", "lr": 0.1}, "batch_size": 50, "epochs": 5},
}


def settings(differences: dict[str, Any]) -> Settings:
    return Settings.model_validate(merged(BASE, nested(differences)))


def mlp(**options: Any) -> nn.Network:
    return nn.mlp(20, [8, 6], 10, **options)


NETWORKS = {
    "plain": ({}, mlp()),
    "leaky": ({"model.activation": "leaky_relu"}, mlp(activation=nn.LeakyReLU(0.01))),
    "leak": (
        {"model.activation": {"name": "leaky_relu", "leak": 0.2}},
        mlp(activation=nn.LeakyReLU(0.2)),
    ),
    "sigmoid": ({"model.activation": "sigmoid"}, mlp(activation=nn.Sigmoid())),
    "tanh": ({"model.activation": {"name": "tanh"}}, mlp(activation=nn.Tanh())),
    "gelu": ({"model.activation": "gelu"}, mlp(activation=nn.GELU())),
    "he_uniform": ({"model.init": "he_uniform"}, mlp(initializer=nn.HeUniform())),
    "xavier": ({"model.init": "xavier"}, mlp(initializer=nn.Xavier())),
    "xavier_uniform": ({"model.init": "xavier_uniform"}, mlp(initializer=nn.XavierUniform())),
    "glorot": ({"model.init": "glorot"}, mlp(initializer=nn.Glorot())),
    "glorot_uniform": (
        {"model.init": {"name": "glorot_uniform"}},
        mlp(initializer=nn.GlorotUniform()),
    ),
    "orthogonal": ({"model.init": "orthogonal"}, mlp(initializer=nn.Orthogonal())),
    "gain": (
        {"model.init": {"name": "orthogonal", "gain": 1.5}},
        mlp(initializer=nn.Orthogonal(1.5)),
    ),
    "std": ({"model.init": {"std": 0.3}}, mlp(initializer=nn.Normal(0.3))),
    "batch_norm": ({"batch_norm": True}, mlp(norm=nn.BatchNorm)),
    "book": (
        dict(CONVENTIONS["book"]) | {"dropout.rate": 0.1},
        mlp(
            norm=partial(
                nn.BatchNorm, eps=1e-6, running_variance="biased", initial_variance=0.0
            ),
            dropout=nn.Dropout(0.1, "test_time"),
        ),
    ),
    "batch_norm_options": (
        {
            "batch_norm": {
                "momentum": 0.2, "eps": 1e-3, "learned": False, "scalar": True, "place": "after"
            }
        },
        mlp(
            norm=partial(
                nn.BatchNorm, momentum=0.2, eps=1e-3, learned=False, scalar=True, place="after"
            ),
        ),
    ),
    "layer_norm": ({"layer_norm": True}, mlp(norm=nn.LayerNorm)),
    "layer_norm_options": (
        {"layer_norm": {"eps": 1e-3, "place": "after"}},
        mlp(norm=partial(nn.LayerNorm, eps=1e-3, place="after")),
    ),
    "dropout": (
        {"dropout": {"rate": 0.2, "scaling": "test_time"}},
        mlp(dropout=nn.Dropout(0.2, "test_time")),
    ),
    "input_dropout": (
        {"dropout": {"rate": 0, "input": 0.1, "scaling": "test_time"}},
        mlp(dropout=nn.Dropout(0.0, "test_time", input=0.1)),
    ),
    "both_dropouts": (
        {"dropout": {"rate": 0.3, "input": 0.1}},
        mlp(dropout=nn.Dropout(0.3, input=0.1)),
    ),
    "no_dropout": ({"dropout": {"rate": 0.0}}, mlp()),
}  # fmt: skip


@pytest.mark.parametrize(("differences", "expected"), NETWORKS.values(), ids=NETWORKS)
def test_settings_of_the_network_reach_it(differences, expected):
    assert build.network(settings(differences), 20, 10) == expected


OPTIMIZERS = {
    "sgd": ({}, nn.SGD(0.5)),
    "momentum": ({}, nn.Momentum(0.5)),
    "nesterov": ({}, nn.Nesterov(0.5)),
    "adagrad": ({}, nn.AdaGrad(0.5)),
    "rmsprop": ({}, nn.RMSProp(0.5)),
    "adam": ({}, nn.Adam(0.5)),
    "adamw": ({}, nn.AdamW(0.5)),
    "momentum 0.5": ({"momentum": 0.5}, nn.Momentum(0.5, momentum=0.5)),
    "nesterov 0.5": ({"momentum": 0.5}, nn.Nesterov(0.5, momentum=0.5)),
    "adagrad 1e-3": ({"eps": 1e-3}, nn.AdaGrad(0.5, eps=1e-3)),
    "rmsprop 0.5": ({"decay": 0.5, "eps": 1e-3}, nn.RMSProp(0.5, decay=0.5, eps=1e-3)),
    "adam 0.5": (
        {"beta1": 0.5, "beta2": 0.6, "eps": 1e-3},
        nn.Adam(0.5, beta1=0.5, beta2=0.6, eps=1e-3),
    ),
    "adamw 0.5": (
        {"beta1": 0.5, "beta2": 0.6, "eps": 1e-3, "weight_decay": 0.0},
        nn.AdamW(0.5, beta1=0.5, beta2=0.6, eps=1e-3, weight_decay=0.0),
    ),
}


@pytest.mark.parametrize("case", OPTIMIZERS)
def test_optimizers_reach_the_core_with_its_defaults(case):
    own, expected = OPTIMIZERS[case]
    chosen = {"name": case.split()[0], "lr": 0.5, **own}
    found = build.optimizer(settings({"train.optimizer": chosen}))
    assert found == expected
    assert type(found) is type(expected)


WEIGHTS = {
    "nothing": ({}, ()),
    "l1": ({"l1": 0.1}, (nn.L1(0.1),)),
    "proximal": ({"l1": 0.1, "l1_method": "proximal"}, (nn.ProximalL1(0.1),)),
    "l2": ({"l2": 0.1, "l1": 0.0}, (nn.L2(0.1),)),
    "elastic net": ({"l1": 0.1, "l2": 0.2}, (nn.L1(0.1), nn.L2(0.2))),
    "lp": ({"lp": 0.1, "p": 0.5}, (nn.Lp(0.5, 0.1),)),
    "smoothing": ({"lp": 0.1, "p": 0.5, "smoothing": 0.01}, (nn.Lp(0.5, 0.1, 0.01),)),
    "max_norm": ({"max_norm": 3.0}, (nn.MaxNorm(3.0),)),
    "all": (
        {"l1": 0.1, "l1_method": "proximal", "l2": 0.2, "lp": 0.3, "p": 3, "max_norm": 2},
        (nn.ProximalL1(0.1), nn.L2(0.2), nn.Lp(3.0, 0.3), nn.MaxNorm(2.0)),
    ),
}


@pytest.mark.parametrize(("penalty", "expected"), WEIGHTS.values(), ids=WEIGHTS)
def test_penalties_and_constraints_reach_the_core(penalty, expected):
    assert build.penalties(settings({"penalty": penalty})) == expected


LR_SCHEDULES = {
    "constant": ({}, Constant()),
    "by name": ({"train.lr_schedule": "constant"}, Constant()),
    "step": ({"train.lr_schedule": {"name": "step", "every": 3}}, Step(3)),
    "gamma": ({"train.lr_schedule": {"name": "step", "every": 3, "gamma": 0.5}}, Step(3, 0.5)),
    "cosine": ({"train.lr_schedule": "cosine"}, Cosine(10)),
    "end": ({"train.lr_schedule": {"name": "cosine", "end": 0.1}}, Cosine(10, 0.1)),
    "warm_up": ({"train.warm_up": 4}, WarmUp(4, Constant())),
    "warm_up and cosine": (
        {"train.warm_up": 4, "train.lr_schedule": "cosine"}, WarmUp(4, Cosine(6))
    ),
}  # fmt: skip


@pytest.mark.parametrize(("differences", "expected"), LR_SCHEDULES.values(), ids=LR_SCHEDULES)
def test_learning_rate_schedules_span_the_budget(differences, expected):
    assert build.lr_schedule(settings(differences)) == expected


def test_cosine_ends_with_the_last_update():
    chosen = settings({"train.lr_schedule": "cosine", "train.warm_up": 3})
    factor = build.lr_schedule(chosen).factor
    assert factor(2) == factor(3) == 1.0
    assert factor(chosen.budget) == 0.0


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ({}, Schedule(100, 50, 5)),
        ({"evaluation.points": 7}, Schedule(100, 50, 5, 7)),
        ({"train.epochs": None, "train.updates": 9}, Schedule(100, 50, updates=9)),
        ({"train.sampling": "replacement"}, Schedule(100, 50, 5, sampling="replacement")),
    ],
    ids=["epochs", "points", "updates", "replacement"],
)
def test_budgets_and_sampling_reach_the_schedule(differences, expected):
    chosen = settings(differences)
    assert build.schedule(chosen) == expected
    assert chosen.budget == expected.budget


def test_the_rest_reaches_the_recipe():
    plain = build.recipe(settings({}), 20, 10)
    assert (plain.clip, plain.label_smoothing, plain.early_stopping) == (None, 0.0, None)
    assert (plain.probes, plain.keep) == ((), frozenset())
    chosen = settings(
        {
            "train.clip": 2.0,
            "train.label_smoothing": 0.1,
            "train.early_stopping": {"patience": 3, "metric": "validation_accuracy"},
        }
    )
    recording = Recording(points=(7, 9), probes=("weights",), keep=("predictions",))
    full = build.recipe(chosen, 20, 10, recording=recording)
    assert full.schedule == Schedule(100, 50, 5, 7, also=(9,))
    assert (full.clip, full.label_smoothing) == (2.0, 0.1)
    assert full.early_stopping == EarlyStopping(3, "validation_accuracy")
    assert full.probes == (make("weights"),)
    assert full.keep == {"predictions"}


def test_the_specification_knows_what_can_be_recorded():
    assert get_args(ProbeName) == tuple(probe_files())
    recording = Recording(points=(40,), probes=get_args(ProbeName), keep=get_args(KeptName))
    recipe = build.recipe(settings({}), 20, 10, recording=recording)
    assert len(recipe.probes) == len(tuple(probe_files()))


@pytest.mark.parametrize("differences", [one for one, _ in NETWORKS.values()], ids=NETWORKS)
def test_settings_can_be_sent_to_jobs(differences):
    sent = settings(differences)
    assert pickle.loads(pickle.dumps(sent)) == sent  # noqa: S301, our own


def test_grids_and_searches_know_the_settings():
    assert {
        "data.label_noise", "model.activation", "model.activation.leak", "model.init",
        "batch_norm", "batch_norm.place", "layer_norm", "dropout.input", "penalty.l1", "penalty.p",
        "penalty.max_norm", "train.optimizer.name", "train.optimizer.weight_decay",
        "train.updates", "train.sampling", "train.lr_schedule", "train.lr_schedule.every",
        "train.warm_up", "train.clip", "train.label_smoothing", "train.early_stopping.patience",
    } <= KEYS.keys()  # fmt: skip
