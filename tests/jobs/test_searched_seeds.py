"""Seeds that are trained with what a search for each of them has found."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml

from overfit.config.specs import Recording, RunSpec
from overfit.data import draw_subsets
from overfit.jobs import searching
from overfit.jobs import training as jobs
from overfit.training import loop
from tests.jobs.test_searching import LR, search

HISTORY_ALONE = Recording(points=(3,))
STRUCTURE = {"batch_norm": {"choice": [None, True]}, "model.width": {"int": [8, 12]}, **LR}


def test_each_seed_is_trained_with_what_its_own_search_found_as_if_alone(digits, tmp_path):
    """Also if what was found gives the seeds other networks, which can't be stacked."""
    spec = search(STRUCTURE, trials=3, per_seed=True)
    run = RunSpec(root_seed=1, settings=spec.settings, search=spec.reference())
    trials = searching.search_block(spec, digits, range(6, 15), tmp_path).to_pandas()
    assert set(trials["repeat"]) == {2, 3, 4}
    found = yaml.safe_load(searching.best_configuration(spec, trials))
    assert list(found) == [2, 3, 4]
    assert len({str(values) for values in found.values()}) == 3
    data = spec.settings.data
    drawn = draw_subsets(
        digits.pool_labels, data.train, data.validation, root_seed=1, seeds=[2, 3, 4]
    )
    together = jobs.train_block(run, HISTORY_ALONE, digits, drawn, found=found).history.to_pandas()
    for place, seed in enumerate((2, 3, 4)):
        settings = spec.settings.updated(found[seed], instead_of=spec.space)
        subset = {name: values[place : place + 1] for name, values in drawn.items()}
        alone = jobs.train_block(
            RunSpec(root_seed=1, settings=settings), HISTORY_ALONE, digits, subset
        )
        pd.testing.assert_frame_equal(
            together[together["seed"] == seed].drop(columns="run").reset_index(drop=True),
            alone.history.to_pandas().drop(columns="run"),
        )


def test_seeds_that_differ_in_numbers_alone_are_stepped_together(digits, monkeypatch):
    widths, real = [], loop.train

    def counting(recipe, replicates, *arguments, **options):
        widths.append(len(replicates))
        return real(recipe, replicates, *arguments, **options)

    monkeypatch.setattr(loop, "train", counting)
    spec = search(LR, per_seed=True)
    run = RunSpec(root_seed=1, settings=spec.settings, search=spec.reference())
    found = {seed: {"train": {"optimizer": {"lr": 0.01 * (seed + 1)}}} for seed in range(4)}
    data = spec.settings.data
    drawn = draw_subsets(
        digits.pool_labels, data.train, data.validation, root_seed=1, seeds=range(4)
    )
    jobs.train_block(run, HISTORY_ALONE, digits, drawn, found=found)
    assert widths == [4]


def test_the_search_of_a_seed_sees_other_images_than_the_seed(digits):
    """Its subset is that of a seed which no run has, drawn independently from the same pool."""
    spec = search(LR, per_seed=True)
    data = spec.settings.data
    seen = draw_subsets(
        digits.pool_labels, data.train, data.validation, root_seed=1, seeds=[3, spec.seed(3)]
    )
    own, searched = ({*seen["train"][i], *seen["validation"][i]} for i in (0, 1))
    share = len(own & searched) / len(own)
    assert share == pytest.approx(len(own) / len(digits.pool_labels), abs=0.1)
    assert max(searched) < len(digits.pool_labels)  # the pool, so no test image
