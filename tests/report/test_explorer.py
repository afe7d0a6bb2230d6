"""What the explorer knows of an experiment."""

import json
import math

import pytest

from overfit.figures.theme import variant_styles
from overfit.report.explorer import POINTS, explored, explorer, packed, places, spaced
from overfit.report.explorer_charts import domains
from overfit.results import Results
from tests.report.explored import (
    L2,
    SEEDS,
    accuracy,
    quantile,
    single,
    sweep,
    unpacked,
    write_explored,
)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explored")
    write_explored(folder, sweep())
    return explored(sweep(), Results(folder))


def cell(found, variant: int, place: int):
    return next(c for c in found["cells"] if c["variant"] == variant and c["at"] == [place])


@pytest.mark.parametrize(("variant", "name"), [(0, "plain"), (1, "dropout")])
@pytest.mark.parametrize("place", range(len(L2)))
def test_curves_and_ends_are_the_means_of_the_histories(found, variant, name, place):
    here = cell(found, variant, place)
    epochs = found["schedules"][here["epochs"]]
    assert (epochs[0], epochs[-1]) == (0, 40)
    for split in ("train", "test"):
        means, lows, highs = here["curves"][f"{split}_accuracy"]
        for mean, low, high, epoch in zip(means, lows, highs, epochs, strict=True):
            seeds = [accuracy(split, name, L2[place], epoch, seed) for seed in range(SEEDS)]
            assert mean == pytest.approx(100 * sum(seeds) / SEEDS, abs=0.006)
            assert low <= mean <= high
        assert here["ends"][f"{split}_accuracy"][0] == means[-1]


def test_weights_are_their_quantiles_layer_by_layer(found):
    for place, l2 in enumerate(L2):
        weights = cell(found, 0, place)["weights"]
        assert len(weights) == 2
        for layer, quantiles in enumerate(weights, start=1):
            wanted = [quantile(p, layer, l2) for p in (0, 1, 5, 25, 50, 75, 95, 99, 100)]
            assert quantiles == pytest.approx(wanted, rel=0.005)
    assert found["range"] == {"most": 2, "scale": "linear"}


def test_an_axis_has_its_values_as_text_and_their_places(found):
    [axis] = found["axes"]
    assert axis["label"] == "L2 penalty"
    assert axis["values"] == ["0", "0.001", "0.01", "0.1"]
    assert axis["places"] == pytest.approx([0, 1 / 3, 2 / 3, 1], abs=1e-4)


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ([100, 300, 1000], [0, 2 / 9, 1]),
        ([1.0, 0.01, 0.1], [1, 0, 0.5]),
        ([0, 0.001, 0.1], [0, 0.5, 1]),
        ([0, 0.1, 0.2], [0, 0.5, 1]),
        ([-1, 0, 100], [0, 1 / 101, 1]),
        ([-1, 0.01, 100], [0, 0.5, 1]),
        (["relu", "tanh", "sigmoid"], [0, 0.5, 1]),
        ([7], [0.5]),
    ],
)
def test_values_of_an_axis_are_at_their_true_places(values, at):
    assert places(values) == pytest.approx(at, abs=1e-4)


@pytest.mark.parametrize("variant", [(0, "plain"), (1, "dropout")])
def test_every_seed_has_its_curve_and_its_last_value(found, variant):
    place, name = variant
    here = cell(found, place, 2)
    epochs = found["schedules"][here["epochs"]]
    points = found["points"][here["epochs"]]
    assert (points[0], points[-1]) == (0, len(epochs) - 1)
    for seed in range(SEEDS):
        line, last = here["seeds"]["test_accuracy"][seed], here["finals"]["test_accuracy"]
        for at, point in enumerate(points):
            wanted = accuracy("test", name, L2[2], epochs[point], seed)
            assert int(line[2 * at : 2 * at + 2], 36) / 1000 == pytest.approx(wanted, abs=0.0006)
        final = int(last[3 * seed : 3 * seed + 3], 36) / 1e4
        assert final == pytest.approx(accuracy("test", name, L2[2], 40, seed), abs=0.00006)


def test_shares_are_packed_with_a_sign_for_no_value():
    assert packed([0.0, 1.0, math.nan], 2) == "00rs.."
    assert [int(packed([share], 3), 36) for share in (0.1234, 1.0)] == [1234, 10_000]


@pytest.mark.parametrize(("length", "most"), [(1, 5), (5, 5), (41, 5), (7, 24)])
def test_positions_are_spaced_with_both_ends(length, most):
    found = spaced(length, most)
    assert (found[0], found[-1]) == (0, length - 1)
    assert len(found) == min(length, most)


def test_layers_have_their_share_of_zeros(found):
    assert [each["zeros"] for each in found["cells"] if each["at"] == [3]] == [[40, 20], [40, 20]]


def test_axes_that_are_no_numbers_are_named(tmp_path):
    switched = sweep("{penalty.l2: [0.0, 0.001, 0.01, 0.1]}", "{batch_norm: [true, false]}",
                     probes=())  # fmt: skip
    write_explored(tmp_path, switched)
    [axis] = explored(switched, Results(tmp_path))["axes"]
    assert axis["values"] == ["on", "off"]
    assert axis["places"] == [0, 1]


def test_a_large_grid_keeps_few_points_of_each_curve(tmp_path):
    points = [i / 1000 for i in range(50)]
    large = sweep("[0.0, 0.001, 0.01, 0.1]", str(points), probes=())
    write_explored(tmp_path, large)
    found = explored(large, Results(tmp_path))
    [epochs] = found["schedules"]
    assert (len(epochs), epochs[0], epochs[-1]) == (POINTS // 100, 0, 40)
    assert len(json.dumps(found, separators=(",", ":"))) < 300_000


def test_a_loss_that_explodes_does_not_flatten_the_others():
    def of(first, last):
        names = ("train_accuracy", "test_accuracy", "validation_accuracy", "gap")
        losses = ("train_loss", "test_loss", "validation_loss")
        nothing = {name: [[], [], []] for name in names}
        return {"curves": nothing | {name: [[first, last], [], []] for name in losses}}

    usual = of(2.3, 0.1)
    assert domains([usual, usual, of(4e5, 1e9)])["loss"] == (0.0, pytest.approx(1.5 * 2.3))


def test_only_experiments_with_tables_are_explored(tmp_path):
    write_explored(tmp_path, single())
    found = explorer([sweep(), single()], Results(tmp_path))
    assert found.experiments == {"single": "One setting"}
    assert found.sliders == 0
    assert explorer([sweep()], Results(tmp_path)) is None


def test_no_text_can_end_the_block_of_data(tmp_path):
    hostile = "</script><script>alert(1)</script><!--"
    spoilt = single(title=hostile, labels={"plain": hostile, "dropout": "Dropout 0.2"})
    write_explored(tmp_path, spoilt)
    data = explorer([spoilt], Results(tmp_path)).data
    assert "<" not in data
    shown = unpacked(data)["experiments"]["single"]
    assert shown["title"] == hostile
    assert shown["variants"][0] == hostile


def test_the_page_colours_variants_as_figures_do(tmp_path):
    write_explored(tmp_path, single())
    data = unpacked(explorer([single()], Results(tmp_path)).data)
    for shown, style in zip(
        data["experiments"]["single"]["styles"], variant_styles(single()).values(), strict=True
    ):
        assert shown["colour"].startswith(f"light-dark({style.colour.lower()}, ")
        assert shown["dashes"] == list(style.dashes[1] or [1, 0])
