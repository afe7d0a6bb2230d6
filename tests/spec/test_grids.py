"""`grids` of the configuration: other points on the axes of experiments."""

import pytest

CONFIG = "config/config.yaml"


def overlay(project, text):
    project.edit(CONFIG, "max_runs: 50", f"max_runs: 50\n{text}")


def test_other_points_replace_those_of_the_axis_and_make_their_runs(project):
    before = project.load()
    overlay(project, "grids: {grid: {model.init.std: [0.1, 0.3]}}")
    after = project.load()
    assert after.experiments["grid"].grid == {"model.init.std": [0.1, 0.3]}
    assert {run.settings.model.init.std for run in after.runs.values() if "std" in run.id} == {
        0.1,
        0.3,
    }
    shared = set(before.experiments["grid"].runs) & set(after.experiments["grid"].runs)
    assert len(shared) == 2  # both variants at 0.1
    assert before.experiments["plain"].runs == after.experiments["plain"].runs


def test_other_points_are_thinned_like_others(project):
    overlay(project, "grids: {grid: {model.init.std: [0.1, 0.2, 0.3, 0.4]}}\nthin_grid: 2")
    assert project.load().experiments["grid"].grid == {"model.init.std": [0.1, 0.4]}


@pytest.mark.parametrize(
    ("grids", "expected"),
    [
        (
            "{gird: {model.init.std: [0.1]}}",
            f"{CONFIG}:4: grids.gird: no experiment 'gird'; did you mean grid?",
        ),
        (
            "{grid: {model.init.sdt: [0.1]}}",
            f"{CONFIG}:4: grids.grid.model.init.sdt: no grid axis 'model.init.sdt'; "
            "did you mean model.init.std?",
        ),
        (
            "{plain: {model.init.std: [0.1]}}",
            f"{CONFIG}:4: grids.plain.model.init.std: no grid axis 'model.init.std'; "
            "plain has no grid",
        ),
        (
            "{grid: {model.init.std: [0.1, -1.0]}}",
            f"{CONFIG}:4: grids.grid.model.init.std[1]: -1.0 is not above 0",
        ),
        (
            "{grid: {model.init.std: [0.1, 0.1]}}",
            f"{CONFIG}:4: grids.grid.model.init.std[1]: 0.1 appears twice",
        ),
        (
            "{grid: {model.init.std: 0.1}}",
            f"{CONFIG}:4: grids.grid.model.init.std: 0.1 where a list belongs",
        ),
        (
            "{grid: {model.init.std: [0.3, 0.2]}}",
            f"{CONFIG}:4: grids.grid.model.init.std: with it, config/experiments/grid.yaml:13: "
            "claims[0].test.at.model.init.std: 0.1 is not on the axis: 0.3, 0.2",
        ),
    ],
)
def test_mistake_is_said_with_its_line(project, grids, expected):
    overlay(project, f"grids: {grids}")
    assert project.messages() == [expected]
