"""Synthetic data against what their description promises."""

import numpy as np
import pytest

from tests.data.writing import entry, prepare, prepared

GENERATORS = ["clusters", "spirals", "teacher"]


def made(folder, generator, **changed):
    text = f"{{source: synthetic, generator: {generator}, classes: 4, pool: 4000, test: 400}}"
    prepare("made", {**entry(text), **changed}, folder)
    return prepared(folder)


@pytest.mark.parametrize("generator", GENERATORS)
def test_classes_are_equally_large_and_shuffled_and_a_seed_gives_the_same_bytes(
    tmp_path, generator
):
    values, labels, card = made(tmp_path / "a", generator)
    assert np.bincount(labels[:4000]).tolist() == [1000] * 4
    assert np.bincount(labels[4000:]).tolist() == [100] * 4
    assert len(set(labels[:30])) == len(set(labels[4000:4030])) == 4
    assert (values.dtype, card["scale"]) == (np.float32, 1)
    again, other = made(tmp_path / "b", generator), made(tmp_path / "c", generator, seed=1)
    np.testing.assert_array_equal(again[0], values)
    assert not set(map(tuple, other[0])) & set(map(tuple, values))


def test_clusters_have_deviation_1_around_centres_of_the_given_separation(tmp_path):
    kind = "{name: clusters, features: 200, separation: 3}"
    values, labels, _ = made(tmp_path, kind)
    centres = np.stack([values[labels == c].mean(axis=0) for c in range(4)])
    assert centres.std() == pytest.approx(3, rel=0.1)  # of 800 numbers: 0.1 is 4 standard errors
    residuals = values - centres[labels]
    assert residuals.std() == pytest.approx(1, rel=0.01)
    assert abs(np.corrcoef(residuals[:, :5].T) - np.eye(5)).max() < 0.06


def test_spirals_without_noise_lie_on_their_curves(tmp_path):
    values, labels, _ = made(tmp_path, "{name: spirals, turns: 2, noise: 0}")
    r = np.hypot(*values.T)
    angle = 2 * np.pi * (2 * r + labels / 4)
    expected = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
    np.testing.assert_allclose(values, expected, atol=1e-5)
    assert r.max() <= 1
    assert np.quantile(r, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.03)


def test_a_teacher_without_hidden_layers_is_linearly_separable_and_its_inputs_normal(tmp_path):
    from sklearn.linear_model import LogisticRegression

    values, labels, _ = made(tmp_path / "linear", "{name: teacher, features: 5, hidden: []}")
    fit = LogisticRegression(C=1e6, max_iter=5000).fit(values, labels)
    assert fit.score(values, labels) > 0.995
    deep, deep_labels, _ = made(tmp_path / "deep", "{name: teacher, features: 5, hidden: [32, 32]}")
    fit = LogisticRegression(C=1e6, max_iter=5000).fit(deep, deep_labels)
    assert 0.3 < fit.score(deep, deep_labels) < 0.95
    # given all labels together, and as many of each, inputs are nearly those that were drawn
    assert deep.std() == pytest.approx(1, rel=0.1)
