"""What a search finds is scored on what the search has never seen."""

import numpy as np
import pytest

from overfit.config.blocks import block_range
from overfit.config.config import Config
from overfit.config.experiment_file import ExperimentFile
from overfit.config.search import Objective
from overfit.config.specs import SearchSpec
from overfit.data import draw_subset


def test_no_seed_of_a_run_can_be_the_seed_of_a_search():
    (seed,) = SearchSpec.model_construct(repeats=1).seeds
    Config(seeds=10_000)
    for model in (Config, ExperimentFile):
        with pytest.raises(ValueError, match=r"seeds\n.*less than or equal to 10000"):
            model.model_validate({"seeds": seed})


def test_a_searched_run_is_trained_on_seeds_and_subsets_that_its_search_never_saw(project):
    study = project.load()
    experiment = study.experiments["searched"]
    (search,) = study.searches.values()
    seeds = [
        seed
        for blocks in experiment.blocks.values()
        for block in blocks
        for seed in block_range(block)
    ]
    (unseen,) = search.seeds
    assert unseen not in seeds
    labels = np.repeat(np.arange(10), 40)
    data = search.settings.data
    drawn = {
        seed: draw_subset(
            labels, data.train, data.validation, root_seed=search.root_seed, seed=seed
        )
        for seed in (unseen, *seeds)
    }
    seen_train, seen_validation = (set(rows.tolist()) for rows in drawn[unseen])
    for seed in seeds:
        train, validation = (set(rows.tolist()) for rows in drawn[seed])
        assert train != seen_train
        assert validation != seen_validation


@pytest.mark.parametrize("metric", ["test_accuracy", "test_loss", "gap"])
def test_a_search_can_not_look_at_the_test_images(metric):
    fields = Objective.model_json_schema()["properties"]
    assert metric not in str(fields)
    for direction in ("maximize", "minimize"):
        with pytest.raises(ValueError, match=r"validation_accuracy|validation_loss|not permitted"):
            Objective.model_validate({direction: metric})
