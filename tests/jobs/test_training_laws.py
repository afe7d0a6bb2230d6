"""Laws that hold for whatever is trained: settings are drawn within their bounds, extremes too."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from overfit.training.evaluate import score
from tests.jobs.test_training import run, train

SMALL = {
    "data.train": 30,
    "data.validation": 20,
    "model.hidden": [6, 5],
    "train.batch_size": 10,
    "train.epochs": 4,
}
RECORDED = {
    "probes": ("effective_lr", "weights", "gradients", "activations"),
    "keep": ("predictions", "parameters"),
}


def positive(most):
    """Usual values, and extremes."""
    return st.one_of(
        st.floats(1e-3, min(most, 1.0)), st.sampled_from([1e-9, most, min(most, 50.0)])
    )


SHARES = st.one_of(st.floats(0, 0.9), st.just(0.999))
EPSILONS = st.sampled_from([1e-8, 1e-3, 1.0])
LR = positive(1000.0)
OPTIMIZERS = st.one_of(
    st.fixed_dictionaries({"name": st.just("sgd"), "lr": LR}),
    st.fixed_dictionaries(
        {"name": st.sampled_from(["momentum", "nesterov"]), "lr": LR, "momentum": SHARES}
    ),
    st.fixed_dictionaries({"name": st.just("adagrad"), "lr": LR, "eps": EPSILONS}),
    st.fixed_dictionaries({"name": st.just("rmsprop"), "lr": LR, "eps": EPSILONS}),
    st.fixed_dictionaries(
        {"name": st.sampled_from(["adam", "adamw"]), "lr": LR, "beta1": SHARES, "beta2": SHARES}
    ),
)
SCHEDULES = st.one_of(
    st.sampled_from(["constant", "cosine"]),
    st.fixed_dictionaries(
        {
            "name": st.just("step"),
            "every": st.integers(1, 4),
            "gamma": st.sampled_from([1.0, 0.5, 1e-3, 1e-60, 1e-300]),
        }
    ),
)
PENALTIES = st.fixed_dictionaries(
    {},
    optional={
        "l2": positive(1e6),
        "l1": positive(1e6),
        "max_norm": positive(1e6),
    },
)
DROPOUT = st.fixed_dictionaries(
    {"rate": SHARES, "input": SHARES},
    optional={"scaling": st.just("test_time"), "monte_carlo": st.integers(1, 3)},
)
NORMS = st.sampled_from(
    [
        {},
        {"layer_norm": True},
        {"batch_norm": True},
        {"batch_norm": {"initial_variance": 0.0, "momentum": 1.0, "place": "after"}},
    ]
)
STOPPING = st.fixed_dictionaries(
    {
        "patience": st.integers(1, 30),
        "metric": st.sampled_from(["validation_loss", "validation_accuracy"]),
        "min_delta": st.sampled_from([0.0, 0.01, 1e6]),
    }
)
SETTINGS = st.builds(
    lambda norm, **more: {**SMALL, **norm, **{k.replace("__", "."): v for k, v in more.items()}},
    NORMS,
    data__train=st.integers(2, 30),
    data__label_noise=SHARES,
    data__standardize=st.sampled_from(["none", "per_feature", "global"]),
    model__activation=st.sampled_from(["relu", "tanh", "gelu", "sigmoid"]),
    model__init=st.one_of(
        st.sampled_from(["he", "xavier"]), st.builds(lambda std: {"std": std}, positive(100.0))
    ),
    train__optimizer=OPTIMIZERS,
    train__lr_schedule=SCHEDULES,
    train__warm_up=st.integers(0, 5),
    train__batch_size=st.integers(1, 30),
    train__sampling=st.sampled_from(["shuffle", "replacement"]),
    train__clip=st.one_of(st.none(), positive(1e9)),
    train__label_smoothing=SHARES,
    train__early_stopping=st.one_of(st.none(), STOPPING),
    penalty=PENALTIES,
    dropout=st.one_of(st.none(), DROPOUT),
    evaluation__points=st.sampled_from([2, 7, 100]),
)
MOMENTUM = {
    **SMALL,
    "data.train": 100,
    "train.batch_size": 20,
    "train.epochs": 40,
    "train.optimizer": {"name": "momentum", "lr": 2.0},
    "train.early_stopping": {"patience": 30},
}
UNDERFLOWING = {
    **SMALL,
    "train.lr_schedule": {"name": "step", "every": 1, "gamma": 1e-180},
}


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])
@given(SETTINGS)
@example(MOMENTUM)
@example(UNDERFLOWING)
def test_history_probes_and_kept_networks_tell_of_the_same_networks(digits, differences):
    try:
        spec = run(differences)
    except ValidationError:
        return  # settings that don't go together
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        block = train(spec, digits, **RECORDED)
    history, probes = block.history.to_pandas(), block.probes.to_pandas()
    test = digits.labels[digits.pool :]
    assert history["update"].max() == spec.settings.budget
    for r, seed in enumerate([0, 1]):
        own = history[history["seed"] == seed]
        end = own[own["update"] == own["update"].max()].set_index("split")
        diverged = own["loss"].isna()
        assert own["diverged"].eq(diverged.any()).all()
        assert diverged.is_monotonic_increasing, "no number comes after a divergence"
        assert np.isfinite(own["loss"][~diverged]).all()
        assert own["accuracy"].isna().equals(diverged)
        predictions = block.kept["predictions"][r]
        if diverged.any():
            kept = [array[r] for name, array in block.kept.items() if name != "seeds"]
            assert all(np.isnan(array).all() for array in kept)
        else:
            loss, accuracy = score(predictions, test)
            ascending = np.sort(predictions, axis=1)
            ties = (ascending[:, -1] == ascending[:, -2]).mean()  # of logits that float32 can tell
            assert abs(accuracy - end.loc["test", "accuracy"]) <= ties
            # A probability that float32 rounds to 0 counts as its smallest number: 103 nats.
            if end.loc["test", "loss"] < 1:
                assert math.isclose(loss, end.loc["test", "loss"], rel_tol=1e-3, abs_tol=1e-5)
        measured = probes[probes["seed"] == seed]
        blank = measured["update"].isin(own["update"][diverged])
        assert measured["value"][blank].isna().all()
        assert {*measured["update"]} == {*own["update"]}
        weights = {
            row.layer: row.value
            for row in measured[measured["update"] == own["update"].max()].itertuples()
            if row.quantity == "l2_norm" and row.layer > 0
        }
        affine = [name for name in block.kept if name.endswith(".W")]
        for layer, name in enumerate(affine, start=1):
            kept = float(np.sqrt(np.square(block.kept[name][r], dtype=np.float64).sum()))
            found = weights[layer]
            assert math.isclose(found, kept, rel_tol=1e-5) or (
                math.isnan(found) and math.isnan(kept)
            )
    again = train(spec, digits, seeds=(1,), **RECORDED)
    own = history[history["seed"] == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(again.history.to_pandas(), own, check_exact=True)
