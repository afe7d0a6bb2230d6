"""The tables of an experiment are read as they were written, grid points with their types."""

import numpy as np
import pandas as pd
import pytest

from overfit.metrics.tables import read_metrics, write_metrics
from tests.metrics.tables import metric_table


def test_metrics_survive_the_file_bit_by_bit(tmp_path) -> None:
    table = metric_table({"none": [0.1 + 0.2, 1 / 3, np.nan], "nan": [np.pi, 1e-17, 5e300]})
    grid = {
        "model.init.std": [0.06309573444801933],
        "data.train": [100, 300],
        "batch_norm": [True, False],
        "model.init": ["nan", 0.1, "he"],
    }
    for position, (axis, points) in enumerate(grid.items(), start=2):
        table.insert(position, axis, points * (6 // len(points)))
    write_metrics(table, tmp_path / "metrics.csv")
    back = read_metrics(tmp_path / "metrics.csv", grid)
    assert back["value"].to_numpy().tobytes() == table["value"].to_numpy().tobytes()
    pd.testing.assert_frame_equal(back, table, check_exact=True)


@pytest.mark.parametrize(
    "points",
    [
        [1, 2],
        [1.0, 2.0],
        [0, 1e-05],  # written as 0.0 and 1e-05
        [10**6, 0.5],
        [True, False],
        [True, 0.5],
        ["001", "1"],
        ["NA", "nan", "None", ""],
        ["1.0", 1],
        ["true", True],
        [-0.0, 3],
    ],
    ids=repr,
)
def test_points_of_a_grid_keep_their_types(tmp_path, points) -> None:
    cells = [metric_table({"a": [0.5]}).assign(axis=point) for point in points]
    write_metrics(pd.concat(cells), tmp_path / "metrics.csv")
    back = list(read_metrics(tmp_path / "metrics.csv", {"axis": points})["axis"])
    assert back == points
    assert [type(point) for point in back] == [type(point) for point in points]
