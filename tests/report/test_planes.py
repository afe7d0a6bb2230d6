"""Maps of decision boundaries, from what a probe has measured."""

import pytest

from overfit.data.checked import DamagedError
from overfit.report.explorer import explorer
from overfit.report.planes import SEEDS, drawn, planes
from overfit.results import Results
from tests.report.explored import (
    PLANE_SIDE,
    PLANE_UPDATES,
    mapped,
    plane,
    single,
    write_explored,
)


def undrawn(text):
    runs = [run.split("x") for run in text.split(",")]
    return [int(one) for one, count in runs for _ in range(int(count))]


@pytest.fixture
def found(tmp_path):
    write_explored(tmp_path, mapped())
    return planes(mapped(), Results(tmp_path))


def test_runs_of_classes_are_counted():
    assert drawn([0, 0, 0, 2, 1, 1]) == "0x3,2x1,1x2"


def test_every_map_is_that_of_its_seed_and_evaluation(found):
    assert found["variants"] == ["Plain", "Dropout 0.2"]
    assert found["seeds"] == list(range(SEEDS))
    assert found["updates"] == PLANE_UPDATES
    assert found["side"] == PLANE_SIDE
    assert (found["low"], found["high"]) == ([-1, -2], [1, 2])
    for seed in found["seeds"]:
        assert found["examples"][seed] == [[0.5, seed / 10, 1]]
        for evaluation, update in enumerate(PLANE_UPDATES):
            shown = undrawn(found["maps"][0][seed][evaluation])
            assert shown == plane("plain", seed, update)


def test_a_network_that_has_stopped_keeps_its_last_map(found):
    for seed in found["seeds"]:
        maps = [undrawn(text) for text in found["maps"][1][seed]]
        assert maps[0] == plane("dropout", seed, PLANE_UPDATES[0])
        assert maps[1] == maps[2] == plane("dropout", seed, PLANE_UPDATES[1])


def test_without_the_probe_or_its_files_there_are_no_maps(tmp_path):
    write_explored(tmp_path, single())
    assert planes(single(), Results(tmp_path)) is None
    assert planes(mapped(), Results(tmp_path)) is None
    assert explorer([single()], Results(tmp_path)).planes == []


def test_a_damaged_file_costs_its_maps_alone(tmp_path):
    study = write_explored(tmp_path, mapped(), single())
    cell = mapped().cells[0]
    path = study.results.probes(cell.run.id, *mapped().blocks[cell.run.id])
    path.write_bytes(path.read_bytes()[:100])
    found = explorer([mapped(), single()], study.results)
    assert found.planes == []
    assert list(found.experiments) == ["mapped", "single"]
    assert [one.path for one in found.damaged] == [path]
    with pytest.raises(DamagedError):
        planes(mapped(), study.results)
