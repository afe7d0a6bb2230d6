"""The parts of the how-to page do what they say."""

from dataclasses import replace

import numpy as np
import pytest

from overfit import nn
from overfit.data.checked import DataError
from overfit.nn.gradient_check import numerical_gradient, relative_error
from overfit.nn.memory import Parameters
from overfit.nn.optimizers import Update
from tests.extending.examples import FOLDER, loaded
from tests.nn.checking import check_layer, run
from tests.search.objectives import MIXED, is_in_space
from tests.training.probing import CLASSES, INPUTS, replicate, seen
from tests.training.test_stacking import assert_independent, each, recipe

Swish, GaussianNoise, Cauchy, Lion = (
    loaded(name).PART for name in ("swish", "gaussian_noise", "cauchy", "lion")
)
X = np.random.default_rng(1).normal(size=(2, 4, 5))


@pytest.mark.parametrize("beta", [0.3, 1.0, 7.0])
def test_swish_is_x_times_a_sigmoid_and_has_its_gradient(beta):
    np.testing.assert_allclose(run(Swish(beta), X)[0], X / (1 + np.exp(-beta * X)), atol=1e-15)
    check_layer(Swish(beta), X.copy(), 3)


@pytest.mark.parametrize("kind", ["additive", "multiplicative"])
def test_noise_has_mean_0_and_its_deviation_in_training_alone(kind):
    layer, x = GaussianNoise(0.3, kind), np.full((1, 100, 100), 2.0)
    noise = run(layer, x)[0] - x
    scale = 2.0 if kind == "multiplicative" else 1.0
    assert abs(noise.mean()) < 0.01 * scale
    assert noise.std() == pytest.approx(0.3 * scale, rel=0.03)
    np.testing.assert_array_equal(run(layer, x, train=False)[0], x)
    check_layer(layer, X.copy(), 3)


def test_the_penalty_has_its_gradient():
    penalty, weights = Cauchy(0.7, 0.4), np.random.default_rng(2).normal(size=(1, 9))
    gradient = np.zeros_like(weights)
    penalty.add_gradient(weights, gradient, 1.0, nn.Scratch(np.float64))
    numerical = numerical_gradient(lambda: float(penalty.value(weights).sum()), weights)
    assert relative_error(gradient, numerical) < 1e-8


def test_lion_follows_the_paper():
    """Algorithm 2 of Chen et al. (2023), line by line."""
    rng = np.random.default_rng(5)
    gradients = rng.normal(size=(6, 1, 8))
    theta = rng.normal(size=(1, 8))
    parameters = Parameters(theta.copy(), [{"b": (8,)}])
    lion, m = Lion(0.01), np.zeros_like(theta)
    memory = lion.init(parameters.flat)
    for t, g in enumerate(gradients, start=1):
        lion.step(parameters, g.copy(), memory, Update(t, 0.5, nn.Scratch(np.float64)))
        c = 0.9 * m + (1 - 0.9) * g
        theta = theta - 0.5 * 0.01 * np.sign(c)
        m = 0.99 * m + (1 - 0.99) * g
    np.testing.assert_allclose(parameters.flat, theta, rtol=1e-14)


def test_margins_are_those_of_the_logits():
    view, _ = seen(nn.mlp(INPUTS, [5], CLASSES), replicate(0))
    found = {quantity: value for _, quantity, value in loaded("margins").measure(view)}
    x, labels = view.first(view.replicate.validation, 256)
    logits, _ = view.network.forward(
        view.parameters.layers, view.states, x, train=False, scratch=nn.Scratch(np.float32)
    )
    margins = [
        row[label] - max(np.delete(row, label))
        for row, label in zip(logits[0], labels[0], strict=True)
    ]
    assert found["mean_margin"] == pytest.approx(np.mean(margins), rel=1e-5)
    assert found["least_margin"] == pytest.approx(min(margins), rel=1e-6)


def test_replicates_do_not_depend_on_their_neighbours():
    network = nn.mlp(64, [20, 15], 10, activation=Swish(), layers=[lambda n: GaussianNoise(0.2)])
    members = each("optimizer", lambda u: Lion(0.01 * u, beta2=0.9 + 0.09 * u))
    members = [
        replace(member, penalties=(Cauchy(0.001 * (1 + i), 0.2 + 0.1 * i),))
        for i, member in enumerate(members)
    ]
    assert_independent(recipe(network), members)


def test_layers_are_where_they_say():
    class Early(GaussianNoise):
        place = "before"

    made = nn.mlp(
        3, [4], 2, norm=nn.BatchNorm, dropout=nn.Dropout(0.1),
        layers=[lambda n: GaussianNoise(0.1), lambda n: Early(0.1)],
    )  # fmt: skip
    assert [type(layer) for layer in made.layers] == [
        nn.Affine, nn.BatchNorm, Early, nn.ReLU, GaussianNoise, nn.Dropout, nn.Affine
    ]  # fmt: skip


def test_a_latin_hypercube_has_a_trial_in_every_part_of_every_range():
    trials = loaded("latin").Latin(MIXED, 40, 3).propose([])
    assert all(is_in_space(trial.values) for trial in trials)
    rates = sorted(trial.values["rate"] for trial in trials)
    assert [int(rate / 0.5 * 40) for rate in rates] == list(range(40))
    depths = [trial.values["depth"] for trial in trials]
    assert np.bincount(depths).tolist() == [0, 10, 10, 10, 10]


def test_numbers_in_a_text_file_become_examples_with_labels(tmp_path):
    file = tmp_path / "mine.txt"
    file.write_text("0.5 -1 0\n1e-3 2 1\n")
    read = {"source": "text", "file": str(file), "title": "Mine", "origin": "me", "licence": "none"}
    entry = loaded("text").TextDataset(**read, classes=2, pool=2, test=2)
    (part,) = entry.load().parts
    np.testing.assert_array_equal(*part.blocks, np.float32([[0.5, -1], [1e-3, 2]]))
    assert part.labels.tolist() == [0, 1]
    assert entry.files() == (str(file),)
    file.write_text("0.5 -1 0\n1 x 1\n")
    with pytest.raises(DataError, match=r"mine\.txt cannot be read: .*'x'.* row 1, column 2"):
        entry.load()


def test_the_page_shows_the_very_files():
    page = (FOLDER.parent / "extend.md").read_text()
    for file in sorted(path for path in FOLDER.iterdir() if path.is_file()):
        language = {".py": "python", ".yaml": "yaml"}[file.suffix]
        assert f"```{language}\n{file.read_text()}```\n" in page, file.name
