"""What each mistake in a search says: all of them, and nothing else."""

import pytest

from tests.config.search_mistakes import RANGES, SEARCHES, SPACE, SPACES

FILE = "config/experiments/searched.yaml"


@pytest.mark.parametrize(("given", "expected"), RANGES.values(), ids=RANGES)
def test_mistake_in_a_range_is_said(project, given, expected):
    project.edit(FILE, "{log_uniform: [1.0e-6, 1.0e-2]}", given)
    assert project.messages() == expected


@pytest.mark.parametrize(("given", "expected"), SPACES.values(), ids=SPACES)
def test_mistake_in_a_space_is_said(project, given, expected):
    project.edit(FILE, SPACE, given)
    assert project.messages() == expected


@pytest.mark.parametrize(("old", "new", "expected"), SEARCHES.values(), ids=SEARCHES)
def test_mistake_in_a_search_is_said(project, old, new, expected):
    project.edit(FILE, old, new)
    assert project.messages() == expected


def test_a_searched_variant_is_not_crossed_with_a_grid(project):
    project.edit(FILE, "figures:", "grid: {penalty.l2: [0.1, 0.2]}\nfigures:")
    assert project.messages() == [
        f"{FILE}:6: variants.searched.search: a searched variant cannot be crossed with a grid"
    ]
