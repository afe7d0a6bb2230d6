"""Figures of what runs record beside their histories."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from overfit import figures
from overfit.data.checked import DataError
from overfit.figures import data
from overfit.figures.kinds.ensemble import ensemble_scores
from overfit.figures.kinds.weight_distribution import _largest, _linear_part
from overfit.results import records, write_json

pytestmark = pytest.mark.xdist_group("probed")


def probes(probed, variant):
    (run,) = [cell.run.id for cell in probed.experiment.cells if cell.variant == variant]
    return pd.read_parquet(probed.results.root / "runs" / run / "0000-0005.probes.parquet")


def by_gid(axes, gid):
    return [line for line in axes.lines if line.get_gid() == gid]


def test_curves_of_a_probe_are_means_of_each_layer(probed) -> None:
    axes = probed.case("probe_curves").drawn().axes[0]
    table = probes(probed, "baseline").query("quantity == 'gradient_norm'")
    for layer in (1, 2, 3):
        (line,) = by_gid(axes, f"layer {layer}")
        expected = table[table["layer"] == layer].groupby("update")["value"].mean()
        np.testing.assert_allclose(line.get_ydata(), expected)
        np.testing.assert_allclose(line.get_xdata(), expected.index / 3)
    assert sorted(text.get_text() for text in axes.texts) == ["layer 1", "layer 2", "layer 3"]


def test_values_over_orders_of_magnitude_get_a_logarithmic_axis(probed) -> None:
    assert probed.case("probe_curves").drawn().axes[0].get_yscale() == "log"
    share = probed.case("probe_curves", quantity="dead")
    assert share.drawn().axes[0].get_yscale() == "linear"
    narrow = probed.case("probe_curves", quantity="l2_norm", variants=["baseline"])
    assert narrow.drawn().axes[0].get_yscale() == "linear"


def test_a_layer_that_does_not_exist_is_refused(probed) -> None:
    with pytest.raises(DataError, match="no layer 9 with this quantity; there are 1, 2, 3"):
        figures.draw(*probed.case("probe_curves", layers=[1, 9]))


def test_bars_of_weights_reach_from_quantile_to_quantile_of_the_last_update(probed) -> None:
    (axes,) = probed.case("weight_distribution").drawn().axes
    table = probes(probed, "l2")
    last = table[table["update"] == table["update"].max()]
    means = last.groupby(["layer", "quantity"])["value"].mean()
    for low, high in (("q00", "q100"), ("q01", "q99"), ("q05", "q95"), ("q25", "q75")):
        bars = by_gid(axes, f"{low}-{high}")
        assert len(bars) == 3 * 3
        np.testing.assert_allclose(bars[1].get_xdata(), [means[1, low], means[1, high]])
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "Layer 1",
        "Layer 2",
        "Layer 3",
    ]


def test_chosen_layers_of_weights_are_shown_and_others_refused(probed) -> None:
    (axes,) = probed.case("weight_distribution", layers=[2]).drawn().axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Layer 2"]
    with pytest.raises(DataError, match="there is no layer 9; there are 1, 2"):
        figures.draw(*probed.case("weight_distribution", layers=[1, 9]))


def test_a_few_large_weights_make_the_axis_logarithmic_beyond_the_others(probed) -> None:
    for scale in ("linear", "symlog"):
        (axes,) = probed.case("weight_distribution", scale=scale).drawn().axes
        assert axes.get_xscale() == scale
    quantiles = {"q00": [-9.0], "q05": [-0.02], "q95": [0.03], "q100": [5.0]}
    means = pd.DataFrame(quantiles)
    assert (_linear_part(means), _largest(means)) == (0.01, 9.0)


def test_exact_zeros_are_a_dot_whose_area_is_their_share(probed, monkeypatch) -> None:
    case = probed.case("weight_distribution", variants=("l2",))
    read = data.probes_of

    def with_zeros(*arguments):
        table = read(*arguments)
        return table.assign(value=table["value"].mask(table["quantity"] == "zeros", 0.25))

    monkeypatch.setattr(data, "probes_of", with_zeros)
    (axes,) = figures.draw(*case).axes
    zeros = by_gid(axes, "zeros")
    assert [(line.get_xdata()[0], line.get_markersize()) for line in zeros] == [(0, 5.0)] * 3
    assert [text.get_text() for text in axes.texts] == ["25.0 % zeros"] * 3


def test_chosen_hidden_layers_of_activations_are_shown(probed) -> None:
    drawn = probed.case("activation_histograms", layers=(2,)).drawn()
    assert [axes.get_title(loc="left") for axes in drawn.axes] == ["Layer 2", ""]
    with pytest.raises(DataError, match="there is no layer 9; there are 1, 2"):
        figures.draw(*probed.case("activation_histograms", layers=(9,)))


def test_fans_of_weights_follow_the_median_over_the_epochs(probed) -> None:
    drawn = probed.case("fans").drawn()
    assert len(drawn.axes) == 2 * 3
    table = probes(probed, "baseline").query("quantity == 'q50' and layer == 2")
    (median,) = by_gid(drawn.axes[1], "median")
    np.testing.assert_allclose(median.get_ydata(), table.groupby("update")["value"].mean())


@pytest.mark.parametrize(("when", "end"), [("before", "min"), ("after", "max")])
def test_bars_of_activations_are_mean_shares(probed, when, end) -> None:
    axes = probed.case("activation_histograms", when=when).drawn().axes[2]
    table = probes(probed, "tanh").query("layer == 1")
    rows = table[table["update"] == getattr(table["update"], end)()]
    means = 100 * rows.groupby("quantity")["value"].mean()
    bars = {round(bar.get_x() + 0.05, 3): bar.get_height() for bar in axes.patches}
    for tenth in range(-10, 10):
        assert bars[round(tenth / 10 + 0.05, 3)] == pytest.approx(means[f"bin_{tenth / 10}"])
    assert sum(bars.values()) == pytest.approx(100)


def test_an_ensemble_of_all_networks_scores_as_their_mean_prediction(probed) -> None:
    error, loss = probed.case("ensemble").drawn().axes
    (run,) = [cell.run.id for cell in probed.experiment.cells if cell.variant == "baseline"]
    kept = np.load(probed.results.root / "runs" / run / "0000-0005.npz")["predictions"]
    folder = probed.results.root / "datasets/mnist-5k"
    first, last = json.loads((folder / "card.json").read_text())["splits"]["test"]
    labels = np.load(folder / "labels.npy")[first:last]
    mean = kept.astype(float).mean(axis=0)
    means = [by_gid(axes, "mean")[0].get_ydata() for axes in (error, loss)]
    assert means[0][-1] == pytest.approx(100 * (mean.argmax(axis=1) != labels).mean())
    assert means[1][-1] == pytest.approx(log_loss(labels, mean / mean.sum(axis=1, keepdims=True)),
                                         abs=1e-3)  # fmt: skip
    single = 100 * (kept.argmax(axis=2) != labels).mean()
    assert means[0][0] == pytest.approx(single, abs=4)


@pytest.mark.parametrize(
    "file", ["runs/*/0000-0005.npz", "datasets/mnist-5k/labels.npy", "datasets/mnist-5k/card.json"]
)
def test_an_ensemble_averages_and_scores_only_what_jobs_wrote(probed, file) -> None:
    for path in probed.results.root.glob(file):
        (record,) = records(path)
        write_json(record, {"sha256": "0" * 64, "bytes": path.stat().st_size, "made_by": ""})
    try:
        with pytest.raises(DataError, match="is damaged"):
            figures.draw(*probed.case("ensemble"))
    finally:
        for record in probed.results.root.rglob("*.record"):
            record.unlink()


def test_seeds_that_the_plan_does_not_have_are_left_out_of_a_longer_block(probed) -> None:
    def drawn(kind):
        example, *rest = probed.case(kind)
        return figures.draw(replace(example, seeds=4), *rest).axes

    error, _ = drawn("ensemble")
    assert list(by_gid(error, "mean")[0].get_xdata()) == [1, 2, 3, 4]
    table = probes(probed, "baseline").query("quantity == 'gradient_norm' and seed < 4")
    (line,) = by_gid(drawn("probe_curves")[0], "layer 1")
    expected = table[table["layer"] == 1].groupby("update")["value"].mean()
    np.testing.assert_allclose(line.get_ydata(), expected)


def test_averaging_never_raises_the_mean_log_loss() -> None:
    """Jensen: minus the logarithm of a mean is at most the mean of minus the logarithms."""
    rng = np.random.default_rng(0)
    predictions = rng.dirichlet(np.ones(4), (5, 30))
    scores = ensemble_scores(predictions, rng.integers(0, 4, 30), 300)
    assert (np.diff(scores[..., 1].mean(axis=1)) < 0).all()
