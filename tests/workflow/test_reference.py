"""The numbers of the smoke preset, as they were when they were last looked at.

Values, not bytes: another BLAS kernel may change them within the tolerances. Where they change on
purpose, write them anew and say why in the commit:

    snakemake --cores 2 --configfile config/config.yaml config/presets/smoke.yaml
    python -m tests.workflow.test_reference
"""

from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.xdist_group("smoke")

REFERENCE = Path(__file__).with_name("smoke.csv")
TOLERANCE = {
    "train_accuracy": {"abs": 0.02},  # 60 images and 3 seeds: 3 images
    "validation_accuracy": {"abs": 0.02},
    "test_accuracy": {"abs": 0.005},
    "gap": {"abs": 0.02},
    "train_loss": {"rel": 2e-3},
    "test_loss": {"rel": 2e-3},
}


def values(results: Path) -> pd.DataFrame:
    """The mean of each metric at each point of each experiment."""
    tables = []
    for path in sorted(results.glob("experiments/*/summary.csv")):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        axes = [name for name in table.columns if name == "variant" or "." in name]
        table["point"] = table[axes].agg(" ".join, axis=1)
        table["mean"] = table["mean"].astype(float)
        tables.append(table[table["metric"].isin(TOLERANCE)])
    return pd.concat(tables)[["experiment", "point", "metric", "mean"]]


def test_the_smoke_preset_gives_the_numbers_of_the_reference(smoke):
    keys = ["experiment", "point", "metric"]
    expected = pd.read_csv(REFERENCE, dtype={"point": str}).set_index(keys)["mean"]
    found = values(smoke.folder / "results").set_index(keys)["mean"]
    assert set(expected.index) <= set(found.index)
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, **TOLERANCE[key[2]]), key


if __name__ == "__main__":
    values(Path("results")).to_csv(REFERENCE, index=False, float_format="%.6g", lineterminator="\n")
