import numpy as np
import pandas as pd

from overfit.claims.claim import Claim
from overfit.claims.table import adjust, decide
from overfit.metrics.analysis import read_metrics, summarize, write_metrics, write_table
from tests.metrics.tables import metric_table


def test_metrics_survive_the_file_bit_by_bit(tmp_path) -> None:
    table = metric_table({"none": [0.1 + 0.2, 1 / 3, np.nan], "nan": [np.pi, 1e-17, 5e300]})
    table.insert(2, "model.init.std", 0.06309573444801933)
    table.insert(3, "data.train", [100, 300] * 3)
    table.insert(4, "batch_norm", [True, False] * 3)
    table.insert(5, "model.init", pd.Series(["nan", 0.1, "he"] * 2, dtype=object))
    write_metrics(table, tmp_path / "metrics.csv")
    back = read_metrics(tmp_path / "metrics.csv")
    assert back["value"].to_numpy().tobytes() == table["value"].to_numpy().tobytes()
    pd.testing.assert_frame_equal(back, table, check_exact=True)


def test_tables_are_written_with_six_digits_and_the_same_bytes(tmp_path) -> None:
    table = metric_table({"a": [0.123456789, 0.2, 0.3], "b": [0.5, 0.6, 0.9]})
    test = {"difference": "gap", "of": "a", "minus": "b", "expect": "below", "margin": 0.02}
    claim = Claim.model_validate({"id": "c", "says": 'A, "b".', "test": test})
    for name in ("1", "2"):
        write_table(summarize(table), tmp_path / f"summary-{name}.csv")
        write_table(adjust(decide([claim], table)), tmp_path / f"claims-{name}.csv")
    summary = (tmp_path / "summary-1.csv").read_bytes()
    assert summary == (tmp_path / "summary-2.csv").read_bytes()
    assert summary.splitlines()[1].startswith(b"e,a,gap,3,0.207819,")
    assert b"\r" not in summary
    claims = (tmp_path / "claims-1.csv").read_bytes()
    assert claims == (tmp_path / "claims-2.csv").read_bytes()
    assert claims.startswith(
        b"experiment,claim,says,kind,metric,estimate,ci_low,ci_high,margin,n,p,p_adjusted,verdict,"
        b"basis\n"
    )
