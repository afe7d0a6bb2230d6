"""What training leaves behind, as columns of tables."""

import math
import subprocess
import sys

import pyarrow as pa
import pytest

from overfit.training.history import column


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([3, -1, 2**62], pa.int64()),
        ([0.1, math.inf, -0.0, 2], pa.float64()),
        ([True, False, True] * 3, pa.bool_()),
        (["train", "", "Überanpassung 過学習"], pa.string()),
        ([None, 3, None, *range(8)], pa.int64()),
        ([0.1, None, math.inf], pa.float64()),
        (["adam", None, ""], pa.string()),
        *(([], kind) for kind in (pa.int64(), pa.float64(), pa.bool_(), pa.string())),
    ],
)
def test_columns_are_those_that_arrow_makes_itself(values, kind):
    made = column(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(values, kind))


def test_a_loss_that_is_not_a_number_is_no_missing_value():
    made = column([1.0, math.nan], pa.float64())
    assert made.null_count == 0
    assert math.isnan(made[1].as_py())


LOADED = """
import sys
from pathlib import Path
from overfit.config.specs import RunSpec
from overfit.jobs import searching
from overfit.jobs import training as jobs
from overfit.training.history import History, column, history_table
import pyarrow as pa

history = History()
history.add(seed=0, update=1, epoch=0.5, split="test", loss=1.0, accuracy=0.5, diverged=False)
settings = {
    "data": {"dataset": "digits", "train": 10, "validation": 10},
    "model": {"hidden": [5], "activation": "relu", "init": "he"},
    "train": {"optimizer": {"name": "sgd", "lr": 0.1}, "batch_size": 5, "epochs": 1},
}
spec = RunSpec.model_validate({"root_seed": 0, "settings": settings})
table = history_table([history], {"run": column([spec.id], pa.string())})
jobs.write_table(Path(sys.argv[1]), table, spec)
slow = ("pandas", "pyarrow.compute", "overfit.config.experiment", "overfit.data.catalogue")
print([name for name in slow if name in sys.modules])
"""


def test_a_job_that_trains_or_searches_loads_nothing_that_it_would_wait_for_in_vain(
    repository, tmp_path
):
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, str(tmp_path / "history.parquet")],
        env={"PYTHONPATH": str(repository / "workflow")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "[]\n"
