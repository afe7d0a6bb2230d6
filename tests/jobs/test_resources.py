"""Memory and time that a job asks for: enough for what was measured, more for more work."""

import re

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from overfit.config.settings import Settings
from overfit.data.catalogue import DATASET_ENTRY
from overfit.jobs import resources
from overfit.jobs.build import network


def defaults_with(repository, **model):
    config = yaml.safe_load((repository / "config/config.yaml").read_text())
    defaults = config["defaults"]
    defaults["model"] |= model
    return Settings.model_validate(defaults)


@pytest.fixture(scope="session")
def mnist(repository):
    catalogue = yaml.safe_load((repository / "config/datasets.yaml").read_text())
    return DATASET_ENTRY.validate_python(catalogue["mnist-5k"])


@pytest.fixture(scope="session")
def atlas(repository):
    """The setting of most of the atlas: 784-[100]*6-10, 603 updates of 100 images."""
    return defaults_with(repository)


def test_parameters_are_counted_as_the_network_has_them(repository):
    for normalization in (None, {}):
        one = defaults_with(repository, hidden=[20, 30]).model_copy()
        one = one.updated({"batch_norm": normalization})
        built, _ = network(one, 784, 10).init([np.random.default_rng(0)])
        counted = resources.parameters(one, 784, 10)
        assert built.flat.size <= counted <= built.flat.size + 2 * (20 + 30 + 10)


def test_a_job_of_the_atlas_gets_ten_times_what_it_took(atlas, mnist):
    """8 s and 450 MB on Slurm, 10 seeds."""
    assert resources.training_minutes(atlas, 10, mnist) * 60 >= 10 * 8
    assert 1.5 * 450 <= resources.training_mb(atlas, 10, mnist) <= 4 * 450


@given(members=st.integers(1, 10_000), more=st.integers(0, 1000), attempt=st.integers(1, 4))
def test_more_work_and_later_attempts_never_get_less(atlas, mnist, members, more, attempt):
    for amount in (resources.training_mb, resources.training_minutes):
        asked = amount(atlas, members, mnist)
        assert amount(atlas, members + more, mnist) >= asked
        assert amount(atlas, members, mnist, attempt=attempt) == attempt * asked
    for amount in (resources.table_mb, resources.table_minutes):
        assert amount(members + more, attempt) >= attempt * amount(members)


def test_a_day_of_training_is_asked_for_where_it_takes_hours(repository, mnist):
    """A hundred seeds of six layers of 1,000 units, 60,000 images, 100 epochs: 10^17 operations."""
    large = defaults_with(repository, hidden=[1000] * 6).updated(
        {"data": {"train": 60_000}, "train": {"epochs": 100}}
    )
    minutes = resources.training_minutes(large, 100, mnist)
    operations = 100 * 5.8e6 * 6 * 60_000 * 100
    assert minutes == pytest.approx(10 * operations / 1e11 / 60, rel=0.2)


def test_every_rule_asks_for_memory_and_time_and_keeps_a_log(repository):
    rules = []
    for path in sorted((repository / "workflow/rules").glob("*.smk")):
        _, *blocks = re.split(r"^rule (\w+):$", path.read_text(), flags=re.MULTILINE)
        rules += zip(blocks[::2], blocks[1::2], strict=True)
    assert len(rules) > 10
    for name, block in rules:
        for directive in ("mem_mb=", "runtime=", "log:", "conda:", "message:"):
            assert directive in block, f"rule {name} has no {directive.strip(':=')}"
