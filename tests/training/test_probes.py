"""What holds for every probe there is."""

import math

import numpy as np
import pytest

from overfit import nn
from overfit.metrics.table import probe_files
from overfit.training.examples import Examples
from overfit.training.history import probe_table
from overfit.training.loop import Recipe, train
from overfit.training.probes import Measurement, make
from overfit.training.schedule import Schedule
from overfit.training.stack import Replicate
from tests.training.probing import CLASSES, INPUTS, examples, replicate, seen

NETWORK = nn.mlp(
    INPUTS,
    [9, 7],
    CLASSES,
    norm=nn.BatchNorm,
    dropout=nn.Dropout(0.3, input=0.1),
)
SCHEDULE = Schedule(20, 8, 6, 5)
PENALTIES = (nn.L2(0.01), nn.L1(0.001))
TEST = examples(3, 50)
ALL = tuple(probe_files())


def trained(seeds=(0, 1), probes=ALL, stack=None, network=NETWORK, **changed):
    members = [replicate(seed, penalties=PENALTIES, **changed) for seed in seeds]
    recipe = Recipe(
        network,
        SCHEDULE,
        label_smoothing=0.1,
        probes=tuple(map(make, probes)),
        keep=frozenset({"parameters"}),
    )
    return train(recipe, members, TEST, root_seed=5, stack=stack)


def test_these_probes_are_found():
    assert {"weights", "activations", "gradients", "effective_lr"} <= set(ALL)


def test_an_unknown_probe_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="no probe 'weihgts'; there are activations, .*weights"):
        make("weihgts")


@pytest.mark.parametrize("probe", [*ALL, "all"])
def test_a_probe_changes_no_number_of_the_training(probe):
    probes = ALL if probe == "all" else (probe,)
    for without, probed in zip(trained(probes=()), trained(probes=probes), strict=True):
        assert len(probed.probes) > 0
        assert probed.history.columns == without.history.columns
        assert probed.kept.keys() == without.kept.keys()
        for name, array in without.kept.items():
            assert array.tobytes() == probed.kept[name].tobytes()


def test_a_probe_changes_no_number_of_a_training_on_pixels():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (80, INPUTS), np.uint8)
    labels = rng.integers(0, CLASSES, 80)

    def part(rows):
        return Examples(pixels, labels[rows], rows)

    member = Replicate(1, part(np.arange(20)), part(np.arange(30, 80)), nn.SGD(0.1))
    without, probed = (
        train(Recipe(NETWORK, SCHEDULE, probes=probes), [member], TEST, root_seed=1)[0]
        for probes in ((), tuple(map(make, ALL)))
    )
    assert len(probed.probes) > 0
    assert probed.history.columns == without.history.columns


def test_what_a_probe_measures_is_bitwise_the_same_alone_in_a_stack_and_in_another_order():
    alone = [trained([seed], stack=1)[0].probes.columns for seed in range(5)]
    for seeds, stack in [(range(5), 5), (range(5), 2), (range(4, -1, -1), 5)]:
        together = trained(seeds, stack=stack)
        assert [one.probes.columns for one in together] == [alone[seed] for seed in seeds]


def test_what_a_probe_measures_does_not_depend_on_the_other_probes():
    [together] = trained([0])
    rows = set(zip(*together.probes.columns.values(), strict=True))
    apart = [trained([0], probes=[name])[0].probes.columns for name in ALL]
    assert rows == {row for columns in apart for row in zip(*columns.values(), strict=True)}
    assert len(together.probes) == len(rows)  # so no two probes share the name of a quantity


def test_every_evaluation_point_is_measured_and_every_value_is_finite():
    for one in trained():
        assert sorted(set(one.probes.columns["update"])) == SCHEDULE.evaluation_points()
        assert all(map(math.isfinite, one.probes.columns["value"]))
        of_layers = {
            layer
            for layer, quantity in zip(
                one.probes.columns["layer"], one.probes.columns["quantity"], strict=True
            )
            if quantity != "recall" and not quantity.startswith(("reliability", "plane"))
        }
        assert of_layers == {0, 1, 2, 3}


def test_a_diverged_replicate_has_nan_from_the_update_where_its_history_has():
    network = nn.mlp(INPUTS, [9, 7], CLASSES)
    [diverged] = trained([0], network=network, lr=1000.0)
    blank = {
        update
        for update, loss in zip(
            diverged.history.columns["update"], diverged.history.columns["loss"], strict=True
        )
        if math.isnan(loss)
    }
    assert 0 < len(blank) < len(SCHEDULE.evaluation_points())
    columns = diverged.probes.columns
    for update, value in zip(columns["update"], columns["value"], strict=True):
        assert math.isnan(value) == (update in blank)


def test_a_probe_that_writes_into_the_network_fails():
    view, stack = seen(NETWORK, replicate(0))
    arrays = [a for layer in (*view.parameters.layers, *view.states) for a in layer.values()]
    for array in [view.parameters.flat, view.parameters.weights, *arrays]:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    assert stack.parameters.flat.flags.writeable


def test_the_table_of_a_block_holds_what_every_seed_measured():
    block = trained([4, 7])
    table = probe_table(block, "run-1")
    assert table.column_names == ["run", "seed", "update", "layer", "quantity", "value"]
    rows = [tuple(row.values()) for row in table.to_pylist()]
    assert rows == [
        ("run-1", *row) for one in block for row in zip(*one.probes.columns.values(), strict=True)
    ]
    assert {row[1] for row in rows} == {4, 7}


def test_the_table_without_a_probe_is_empty_and_keeps_its_types():
    empty, full = probe_table(trained(probes=()), "run-1"), probe_table(trained(), "run-1")
    assert empty.num_rows == 0
    assert empty.schema == full.schema


def test_a_new_file_in_the_folder_is_a_new_probe(tmp_path, monkeypatch):
    import overfit.training.probes as folder

    (tmp_path / "answer.py").write_text(
        "from overfit.training.probes import Measurement\n"
        "def measure(snapshot):\n"
        "    return [Measurement(0, 'answer', 42.0)]\n"
    )
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    assert "answer" in tuple(probe_files())
    view, _ = seen(NETWORK, replicate(0))
    assert make("answer").measure(view) == [Measurement(0, "answer", 42.0)]
