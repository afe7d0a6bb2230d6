"""What is kept of final networks reproduces what their histories end with."""

import numpy as np
import pytest

from overfit import nn
from overfit.training.evaluate import evaluate, predict, score
from overfit.training.history import kept_arrays, load_parameters
from overfit.training.loop import EarlyStopping, Recipe, train
from overfit.training.schedule import Schedule
from tests.training.probing import CLASSES, INPUTS, examples, replicate

NETWORK = nn.mlp(INPUTS, [9, 7], CLASSES, norm=nn.BatchNorm, dropout=nn.Dropout(0.3))
TEST = examples(3, 1500)  # more than one chunk
SEEDS = (4, 2, 9)
BOTH = frozenset({"predictions", "parameters"})


def block(keep=BOTH, early_stopping=None, network=NETWORK):
    schedule = Schedule(20, 8, 20, 10)
    recipe = Recipe(network, schedule, keep=keep, early_stopping=early_stopping)
    return train(recipe, [replicate(s) for s in SEEDS], TEST, root_seed=5, stack=2)


def final(one):
    """Loss and accuracy on the test examples that a history ends with."""
    assert one.history.columns["split"][-1] == "test"
    return one.history.columns["loss"][-1], one.history.columns["accuracy"][-1]


def saved(trained, path):
    """Through a file and back."""
    np.savez(path / "block.npz", **kept_arrays(trained))
    return np.load(path / "block.npz")


@pytest.mark.parametrize("stopping", [None, EarlyStopping(2)])
def test_predictions_have_the_final_test_loss_and_accuracy(stopping):
    trained = block(early_stopping=stopping)
    kept = kept_arrays(trained)
    assert kept["predictions"].shape == (3, 1500, CLASSES)
    for one, probabilities in zip(trained, kept["predictions"], strict=True):
        loss, accuracy = score(probabilities, TEST.labels)
        assert accuracy == final(one)[1]
        assert loss == pytest.approx(final(one)[0], rel=1e-6)  # float32 has seven digits


@pytest.mark.parametrize("stopping", [None, EarlyStopping(2)])
def test_saved_parameters_evaluate_to_the_same_numbers(tmp_path, stopping):
    trained = block(early_stopping=stopping)
    kept = saved(trained, tmp_path)
    scratch = nn.Scratch()
    for seed, one in zip(SEEDS, trained, strict=True):
        network = load_parameters(kept, NETWORK, seed)
        assert evaluate(NETWORK, *network, TEST, scratch) == final(one)
        probabilities = predict(NETWORK, *network, TEST, scratch)
        assert probabilities.tobytes() == one.kept["predictions"].tobytes()


def test_seeds_are_kept_in_the_order_of_the_block(tmp_path):
    assert saved(block(), tmp_path)["seeds"].tolist() == list(SEEDS)


def test_only_what_is_asked_for_is_kept():
    assert set(kept_arrays(block(frozenset()))) == {"seeds"}
    assert set(kept_arrays(block(frozenset({"predictions"})))) == {"seeds", "predictions"}
    parameters = set(kept_arrays(block(frozenset({"parameters"}))))
    assert parameters >= {"seeds", "0.W", "0.b", "1.gamma", "1.beta", "1.mean", "1.var"}
    assert "predictions" not in parameters


def test_keeping_changes_no_number_of_the_history():
    for with_it, without in zip(block(), block(frozenset()), strict=True):
        assert with_it.history.columns == without.history.columns


def test_what_is_kept_of_one_seed_does_not_hold_on_to_the_memory_of_its_whole_stack():
    for one in block():
        assert all(array.base is None for array in one.kept.values())


def test_an_ensemble_is_the_mean_of_its_members():
    predictions = kept_arrays(block())["predictions"]
    together = predictions.mean(axis=0, dtype=float)
    np.testing.assert_allclose(together.sum(axis=1), 1, rtol=1e-6)
    loss, _ = score(together, TEST.labels)
    losses = [score(p, TEST.labels)[0] for p in predictions]
    assert loss < np.mean(losses)  # Jensen: always, unless all members agree
    one, _ = score(predictions[:1].mean(axis=0), TEST.labels)
    assert one == losses[0]


def test_a_score_is_the_mean_log_loss_and_the_accuracy():
    probabilities = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8], [0.2, 0.7, 0.1]])
    loss, accuracy = score(probabilities, np.array([1, 2, 1]))
    assert loss == pytest.approx(-np.log(0.25 * 0.8 * 0.7) / 3, rel=1e-12)
    assert accuracy == 2 / 3


def test_a_probability_that_was_rounded_to_zero_has_a_finite_loss():
    for dtype, largest in ((np.float32, 104), (np.float64, 745)):
        loss, _ = score(np.array([[0.0, 1.0]], dtype), np.array([0]))
        assert loss == pytest.approx(largest, abs=1)


def test_parameters_of_another_network_are_refused(tmp_path):
    kept = saved(block(frozenset({"parameters"})), tmp_path)
    wider = nn.mlp(INPUTS, [10, 7], CLASSES, norm=nn.BatchNorm, dropout=nn.Dropout(0.3))
    message = r"0\.W was kept with shape \(6, 9\); the network needs \(6, 10\)"
    with pytest.raises(ValueError, match=message):
        load_parameters(kept, wider, 4)
    deeper = nn.Network((*NETWORK.layers, nn.Affine(CLASSES, 2)))
    with pytest.raises(ValueError, match=r"9\.W was not kept; .* of shape \(4, 2\)"):
        load_parameters(kept, deeper, 4)


def test_a_seed_that_was_not_kept_is_refused(tmp_path):
    kept = saved(block(), tmp_path)
    with pytest.raises(ValueError, match="seed 3 was not kept; there are 4, 2, 9"):
        load_parameters(kept, NETWORK, 3)
