"""The data of figures that are drawn from probes and trials, as files inside the page."""

from __future__ import annotations

import pandas as pd
import pytest

from overfit.data.checked import DamagedError
from overfit.metrics.histories import read_trials
from overfit.report.downloads import derived, probe_means, trials_of
from overfit.results import Results
from overfit.training.schedule import evaluation_points
from tests.figures import synthetic
from tests.written import experiment

SEEDS = 3


def probed():
    return experiment(
        {"a": {}, "b": {"penalty": {"l2": 0.1}}},
        seeds=SEEDS,
        probes=["weights"],
        figures=[{"kind": "probe_curves", "quantity": "rms"}],
    )


def value(variant: str, seed: int, update: int, quantity: str, layer: int) -> float:
    """What a probe measured."""
    return "ab".index(variant) + 0.1 * seed + 0.001 * update + layer + 10 * len(quantity)


def write_probes(one, results) -> list[int]:
    """The measurements of two quantities and of a map; the updates of the evaluations."""
    cells = one.cells
    budget = cells[0].run.settings.train.epochs * 3
    updates = sorted(evaluation_points(budget, cells[0].points))
    for cell in cells:
        rows = [
            (cell.run.id, seed, update, layer, name, value(cell.variant, seed, update, name, layer))
            for seed in range(SEEDS)
            for update in updates
            for name in ("rms", "zeros", "plane_class")
            for layer in (1, 2)
        ]
        columns = ["run", "seed", "update", "layer", "quantity", "value"]
        (block,) = one.blocks[cell.run.id]
        path = results.probes(cell.run.id, block)
        path.parent.mkdir(parents=True)
        pd.DataFrame(rows, columns=columns).to_parquet(path)
    return updates


def test_probes_are_means_over_seeds_as_far_as_figures_show_them(tmp_path):
    one, results = probed(), Results(tmp_path)
    assert list(derived(one, results)) == []
    updates = write_probes(one, results)
    table = probe_means(one, results)
    shown = {("rms", update) for update in updates} | {
        ("zeros", updates[0]),
        ("zeros", updates[-1]),
    }
    assert set(zip(table["quantity"], table["update"], strict=True)) == shown
    assert len(table) == 2 * 2 * len(shown)
    assert set(table["n"]) == {SEEDS}
    for row in table.itertuples():
        seeds = [value(row.variant, s, row.update, row.quantity, row.layer) for s in range(SEEDS)]
        assert row.mean == pytest.approx(sum(seeds) / SEEDS)
    (found,) = derived(one, results)
    assert found.name in ("probes.csv", "probes.csv.gz")


def test_damaged_probes_cost_their_download_only(tmp_path):
    one, results = probed(), Results(tmp_path)
    write_probes(one, results)
    run = one.runs[0]
    results.probes(run, one.blocks[run][0]).write_bytes(b"damaged")
    (found,) = derived(one, results)
    assert isinstance(found, DamagedError)


def test_trials_have_their_settings_and_scores(tmp_path):
    known = synthetic.experiment(tmp_path, {"plain": "Plain"}, lambda *_: (1.0, 0.8), seeds=3)
    searched = synthetic.search(tmp_path, known, "plain", trials=20)
    results = Results(tmp_path)
    table = trials_of(searched, results)
    assert list(table) == [
        "variant", "repeat", "trial", "train.optimizer.lr", "penalty.l2", "budget", "score",
        "test_score",
    ]  # fmt: skip
    assert list(table["trial"]) == list(range(20))
    trials = read_trials(searched, "plain", results)
    for row in table.to_dict("records"):
        own = trials[(trials["trial"] == row["trial"]) & (trials["split"] == "validation")]
        last = own.loc[own["update"].idxmax()]
        assert row["score"] == last["accuracy"]
        assert row["train.optimizer.lr"] == last["train.optimizer.lr"]
    assert list(derived(searched, results)) == []  # no figure shows them
