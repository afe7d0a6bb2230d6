"""`changes` of the configuration: what differs from the files of experiments."""

CONFIG = "config/config.yaml"
GRID = "config/experiments/grid.yaml"
PLAIN = "config/experiments/plain.yaml"


def change(project, text, more=""):
    project.edit(CONFIG, "max_runs: 50", f"max_runs: 50\nchanges: {text}{more}")


def test_other_points_replace_those_of_the_axis_and_make_their_runs(project):
    before = project.load()
    change(project, "{grid: {grid: {model.init.std: [0.1, 0.3]}}}")
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
    change(project, "{grid: {grid: {model.init.std: [0.1, 0.2, 0.3, 0.4]}}}", "\nthin_grid: 2")
    assert project.load().experiments["grid"].grid == {"model.init.std": [0.1, 0.4]}


def test_changes_are_what_an_extending_file_would_say(project):
    lines = [
        "title: Other",
        "base: {data: {train: 60}}",
        "seeds: 6",
        "probes: [weights]",
        "figures: null",
        "variants: {dropout: {dropout: {input: 0.2}}, l2: {penalty: {l2: 0.1}}}",
    ]
    project.write("config/experiments/child.yaml", "\n".join(["extends: plain", *lines, ""]))
    change(project, f"{{plain: {{{', '.join(lines)}}}}}")
    plan, child = (project.load().experiments[name].plan() for name in ("plain", "child"))
    differ = {key for key in plan if plan[key] != child[key]}
    assert differ == {"experiment", "source", "extends", "changes"}
    assert list(plan["variants"]) == ["baseline", "dropout", "l2"]
    assert plan["changes"]["base"] == {"data": {"train": 60}}


def test_a_variant_is_taken_away_by_null(project):
    change(project, "{grid: {variants: {norm: null}}}")
    assert list(project.load().experiments["grid"].labels) == ["plain"]


def test_what_extends_a_changed_experiment_is_not_changed(project):
    project.write("config/experiments/child.yaml", "extends: grid\n")
    change(project, "{grid: {grid: {model.init.std: [0.1, 0.3]}}}")
    assert project.load().experiments["child"].grid == {"model.init.std": [1.0, 0.1, 0.01]}


def test_a_mistake_of_the_file_itself_is_not_the_changes(project):
    project.edit(GRID, "value: 0.5", "value: much")
    change(project, "{grid: {grid: {model.init.std: [0.1, 0.3]}}}")
    (message,) = project.messages()
    assert message.startswith(f"{GRID}:13: claims[0].test.value")
    assert "changes" not in message
