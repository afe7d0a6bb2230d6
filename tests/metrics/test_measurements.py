"""Measurements: tables of runs that were trained elsewhere, in the shapes of four tools."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from overfit.config.problems import ConfigurationError
from overfit.jobs import code, tables
from overfit.jobs.plan import Plan
from overfit.metrics.measured import read
from overfit.results import Results
from tests.config.conftest import Project

FILES = Path(__file__).parent / "measurements"
HEAD = "title: Mine\nquestion: Does it help?\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project without experiments, and the folder in which Snakemake would run."""
    made = Project(tmp_path)
    for file in (tmp_path / "config/experiments").iterdir():
        file.unlink()
    monkeypatch.chdir(tmp_path)
    return made


def loaded(project, text):
    project.write("config/experiments/mine.yaml", HEAD + text)
    return project.load().experiments["mine"]


def said(project, text):
    with pytest.raises(ConfigurationError) as caught:
        loaded(project, text)
    return str(caught.value).replace("config/experiments/", "").splitlines()


def decided(experiment, root):
    """The claims as the jobs decide them."""
    results = Results(root / "results")
    plain = experiment.without_words()
    tables.write_tables(plain, results)
    files = results.experiment(experiment.name)
    tables.write_claims(experiment.claims, experiment.grid, None, {}, files)
    return pd.read_csv(files.claims).set_index("claim")


def claim(metric, of, minus, **more):
    test = {
        "difference": metric,
        "of": of,
        "minus": minus,
        "expect": "above",
        "margin": 0.01,
        **more,
    }
    return f"claims: [{json.dumps({'id': 'helps', 'says': 'It helps.', 'test': test})}]\n"


WANDB = f"""\
measurements:
  file: {FILES}/wandb.csv
  variant: arm
  where: {{State: finished}}
  metrics:
    test_accuracy: {{column: test/acc, factor: 0.01}}
    train_accuracy: {{column: train/acc, factor: 0.01}}
    rate: {{column: img_per_s, name: Throughput, unit: images/s, better: higher, positive: true}}
variants:
  none: {{value: no dropout}}
  half: {{value: dropout 0.5, label: Dropout 0.5}}
"""
MLFLOW = f"""\
measurements:
  file: {FILES}/mlflow.csv
  variant: params.dropout
  seed: params.seed
  where: {{status: FINISHED}}
  metrics:
    test_accuracy: metrics.test_accuracy
    seconds: {{column: metrics.seconds, unit: s, better: lower}}
variants: {{none: {{value: 0.0}}, half: {{value: 0.5}}}}
"""
OPTUNA = f"""\
measurements:
  file: {FILES}/optuna.csv
  variant: params_optimizer
  seed: params_seed
  where: {{state: COMPLETE}}
  metrics: {{test_accuracy: user_attrs_accuracy, objective: value}}
variants: {{sgd: {{}}, adam: {{label: Adam}}}}
"""
BENCHOPT = f"""\
measurements:
  file: {FILES}/benchopt.parquet
  variant: solver_name
  seed: idx_rep
  grid: {{examples: p_dataset_n}}
  metrics: {{test_accuracy: objective_accuracy, objective: objective_value}}
variants: {{sgd: {{}}, adam: {{}}}}
grid: {{examples: [20, 50]}}
"""
TOOLS = {
    "wandb": (WANDB, "half", "none", {}),
    "mlflow": (MLFLOW, "half", "none", {}),
    "optuna": (OPTUNA, "adam", "sgd", {}),
    "benchopt": (BENCHOPT, "adam", "sgd", {"at": {"examples": 50}}),
}


def by_pandas(tool):
    """The differences of test accuracy that a user would compute, without overfit."""
    if tool == "benchopt":
        table = pd.read_parquet(FILES / "benchopt.parquet")
        table = table[table["p_dataset_n"] == 50]
        wide = table.pivot(index="idx_rep", columns="solver_name", values="objective_accuracy")
        return wide["adam"] - wide["sgd"]
    table = pd.read_csv(FILES / f"{tool}.csv")
    if tool == "wandb":
        table = table[table["State"] == "finished"]
        wide = table.pivot(index="seed", columns="arm", values="test/acc") / 100
        return wide["dropout 0.5"] - wide["no dropout"]
    if tool == "mlflow":
        table = table[table["status"] == "FINISHED"]
        wide = table.pivot(
            index="params.seed", columns="params.dropout", values="metrics.test_accuracy"
        )
        return wide[0.5] - wide[0.0]
    table = table[table["state"] == "COMPLETE"]
    wide = table.pivot(
        index="params_seed", columns="params_optimizer", values="user_attrs_accuracy"
    )
    return wide["adam"] - wide["sgd"]


@pytest.mark.parametrize("tool", TOOLS)
def test_the_export_of_a_tool_gives_the_mean_difference_that_pandas_gives(folder, tool):
    text, of, minus, at = TOOLS[tool]
    row = decided(loaded(folder, text + claim("test_accuracy", of, minus, **at)), folder.root)
    differences = by_pandas(tool)
    assert row.loc["helps", "n"] == len(differences) == 6
    assert row.loc["helps", "estimate"] == pytest.approx(differences.mean(), rel=1e-9)


def test_the_p_value_is_that_of_the_paired_t_test_of_scipy(folder):
    row = decided(loaded(folder, MLFLOW + claim("test_accuracy", "half", "none")), folder.root)
    found = stats.ttest_1samp(by_pandas("mlflow"), 0.01, alternative="greater")
    assert row.loc["helps", "p"] == pytest.approx(found.pvalue, rel=1e-8)


def test_a_metric_of_ones_own_has_its_words_in_claims_and_figures(folder):
    own = claim("rate", "half", "none", margin=1)
    text = WANDB + own + "figures: [{kind: paired_differences, metrics: [rate], baseline: none}]\n"
    experiment = loaded(folder, text)
    test = experiment.claims[0].test
    assert (test.wording.name, test.wording.unit) == ("Throughput", "images/s")
    assert test.wording.better == "higher"
    assert test.wording.ratios


def test_an_experiment_of_measurements_has_no_runs_and_tells_what_was_read(folder):
    experiment = loaded(folder, WANDB)
    assert experiment.runs == ()
    assert experiment.seeds == 6
    told = dict(experiment.read)
    assert told["left out"] == "1 row: State is not 'finished'"
    assert len(told["SHA-256"]) == 64


CURVES = """\
measurements: {{file: curves.csv, update: step, metrics: {{{metrics}}}{more}}}
variants: {{a: {{}}, b: {{}}}}
figures: [{{kind: learning_curves}}]
"""


def curves(seeds=(0, 1, 2), steps=(0, 10, 20)):
    rng = np.random.default_rng(1)
    rows = [
        {"variant": v, "seed": s, "step": u, "train_loss": 2 - u / 20 + 0.1 * rng.random(),
         "test_loss": 2 - u / 30 + 0.1 * rng.random(),
         "train_accuracy": u / 25 + 0.1 * rng.random(),
         "test_accuracy": u / 30 + 0.1 * rng.random()}
        for v in "ab" for s in seeds for u in steps
    ]  # fmt: skip
    return pd.DataFrame(rows)


NAMES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
WIDE = CURVES.format(metrics=", ".join(f"{name}: {name}" for name in NAMES), more="")


def test_learning_curves_give_the_metrics_of_whole_runs(folder):
    table = curves()
    table.to_csv("curves.csv", index=False)
    experiment = loaded(folder, WIDE + claim("best_test_accuracy", "a", "b"))
    results = Results(folder.root / "results")
    tables.write_tables(experiment.without_words(), results)
    found = pd.read_csv(results.experiment("mine").metrics)
    for metric, expected in (
        ("best_test_accuracy", table.groupby(["variant", "seed"])["test_accuracy"].max()),
        ("test_loss", table[table["step"] == 20].set_index(["variant", "seed"])["test_loss"]),
    ):
        own = found[found["metric"] == metric].set_index(["variant", "seed"])["value"]
        pd.testing.assert_series_equal(own, expected, check_names=False, rtol=1e-12)
    assert "validation_accuracy" not in set(found["metric"])


def test_a_row_for_each_split_and_a_row_for_each_metric_give_the_same_tables(folder):
    table = curves()
    table.to_csv("curves.csv", index=False)
    experiment = loaded(folder, WIDE)
    wide = tables.read_histories(experiment, Results(folder.root / "results"))
    keys = ["variant", "seed", "step"]
    long = table.melt(keys, var_name="metric")
    long.to_csv("curves.csv", index=False)
    text = (
        "measurements: {file: curves.csv, update: step, metric: metric}\n" + WIDE.split("\n", 1)[1]
    )
    assert tables.read_histories(loaded(folder, text), None).equals(wide)
    long[["split", "what"]] = long["metric"].str.split("_", expand=True)
    split = long.pivot(index=[*keys, "split"], columns="what", values="value").reset_index()
    split.to_csv("curves.csv", index=False)
    text = (
        "measurements: {file: curves.csv, update: step, split: split,"
        " metrics: {accuracy: accuracy, loss: loss}}\n" + WIDE.split("\n", 1)[1]
    )
    assert tables.read_histories(loaded(folder, text), None).equals(wide)


SHORT = """\
measurements: {{file: runs.csv, metrics: {{test_accuracy: acc}}{more}}}
variants: {{a: {{}}, b: {{}}}}
"""
ROWS = "variant,seed,acc\na,0,0.5\na,1,0.6\nb,0,0.7\nb,1,0.8\n"


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ("b,1,0.8\n", "", ["runs.csv:3: b has no row of seed 1, as others have; add them, or set "
                           "missing: drop"]),
        ("b,1,0.8", "b,1,", ["runs.csv:5: b has no test_accuracy for seed 1; add them, or set "
                             "missing: drop"]),
        ("b,1,0.8", "b,0,0.8", [
            "runs.csv:5: a second row of b, seed 0; the first is line 4; if it is another "
            "evaluation, name the column of updates in update"]),
        ("0.8", "80", ["runs.csv:5: column 'acc': '80' test_accuracy is at most 1; if that is in "
                       "percent, write test_accuracy: {factor: 0.01}"]),
        ("0.6", "good", ["runs.csv:3: column 'acc': 'good' is not a number"]),
        ("a,1,", "a,one,", ["runs.csv:3: column 'seed': 'one' is not a whole number of at least 0; "
                            "number the runs of each variant"]),
        ("acc", "accuracy", ["mine.yaml:3: measurements.metrics.test_accuracy: runs.csv has no "
                             "column 'acc'; it has variant, seed, accuracy"]),
        ("b,0,0.7\nb,1,0.8", "c,0,0.7\nc,1,0.8", [
            "mine.yaml:4: variants.b: runs.csv has no row with variant = 'b'; it has 'a', 'c'"]),
        ("0.5\n", "0.5,7\n", ["runs.csv:2: 4 cells, but there are 3 columns"]),
    ],
)  # fmt: skip
def test_a_mistake_in_the_table_is_told_with_its_line(folder, old, new, messages):
    assert ROWS.count(old) == 1
    Path("runs.csv").write_text(ROWS.replace(old, new))
    assert said(folder, SHORT.format(more="")) == messages


def test_all_mistakes_of_a_table_are_told_at_once(folder):
    Path("runs.csv").write_text("variant,seed,acc\na,x,0.5\na,1,60\nb,0,bad\nb,1,0.8\n")
    lines = [line.partition(": ")[0] for line in said(folder, SHORT.format(more=""))]
    assert lines == ["runs.csv:2", "runs.csv:3", "runs.csv:4"]


def test_a_missing_table_is_told(folder):
    assert said(folder, SHORT.format(more="")) == [
        "runs.csv: cannot be read: No such file or directory"
    ]


def test_missing_pairs_are_left_out_if_you_say_so(folder):
    Path("runs.csv").write_text(ROWS.replace("b,1,0.8\n", "") + "a,2,0.65\nb,2,0.7\n")
    text = SHORT.format(more=", missing: drop") + claim("test_accuracy", "b", "a")
    experiment = loaded(folder, text)
    row = decided(experiment, folder.root)
    assert row.loc["helps", "n"] == 2
    assert row.loc["helps", "estimate"] == pytest.approx((0.2 + 0.05) / 2)
    assert [str(doubt) for doubt in folder.load().doubts] == [
        "runs.csv:3: b has no row of seed 1, as others have; left out where they have no partner"
    ]


def test_what_only_training_has_is_refused(folder):
    Path("runs.csv").write_text(ROWS)
    text = SHORT.format(more="") + "seeds: 3\nprobes: [weights]\n"
    why = "is a setting of training, and measurements need no training; remove it"
    assert said(folder, text) == [f"mine.yaml:5: seeds: {why}", f"mine.yaml:6: probes: {why}"]
    text = SHORT.format(more="") + claim("train_loss", "a", "b")
    assert said(folder, text) == [
        "mine.yaml:5: claims[0].test.difference: 'train_loss' is not measured; allowed: "
        "test_accuracy, test_error"
    ]
    text = SHORT.format(more="") + "figures: [{kind: learning_curves}]\n"
    assert said(folder, text) == [
        "mine.yaml:5: figures[0].kind: learning_curves draws learning curves; name the column of "
        "updates in measurements: update"
    ]


def test_a_table_of_another_country_is_read_as_the_same_table(folder):
    """Commas in numbers, semicolons between them, an older encoding, lines about the program."""
    Path("runs.csv").write_text(ROWS)
    rows = ROWS.replace(",", ";").replace(".", ",").replace("variant", "größe")
    missing = rows + "c;0;-999\nc;1;0,5\n"
    Path("german.csv").write_bytes(("# by us\n" + missing).encode("cp1252"))
    text = SHORT.format(more="") + claim("test_accuracy", "b", "a")
    plain = loaded(folder, text)
    how = "decimal: ',', encoding: cp1252, comment: '#', delimiter: ';', missing_words: ['-999']"
    other = text.replace("runs.csv,", f"german.csv, variant: größe, {how},")
    german = loaded(folder, other)
    found = [read(one.name, one.measurements, one.values, {}).metrics for one in (plain, german)]
    pd.testing.assert_frame_equal(*found)
    assert said(folder, other.replace("b: {}", "b: {}, c: {}")) == [
        "german.csv:7: c has no test_accuracy for seed 0; add them, or set missing: drop"
    ]
    grouped = "variant,seed,acc\n" + "".join(f"a,{s},1'000.5\nb,{s},2'000\n" for s in range(5))
    Path("runs.csv").write_text(grouped)
    speed = text.replace("test_accuracy: acc", "speed: acc").replace("test_accuracy", "speed")
    one = loaded(folder, speed.replace("runs.csv,", 'runs.csv, thousands: "\'",'))
    assert {*read(one.name, one.measurements, one.values, {}).metrics["value"]} == {1000.5, 2000}


def test_a_condition_that_no_row_meets_is_told_with_what_there_is(folder):
    Path("runs.csv").write_text(ROWS.replace("\n", ",x\n").replace("acc,x", "acc,State"))
    text = SHORT.format(more=", where: {State: finished}")
    assert said(folder, text) == [
        "mine.yaml:3: measurements.where.State: no row has 'finished'; it has 'x'"
    ]


def test_settings_of_variants_are_refused(folder):
    Path("runs.csv").write_text(ROWS)
    text = SHORT.format(more="").replace("a: {}", "a: {dropout: {rate: 0.5}}")
    assert said(folder, text) == [
        "mine.yaml:4: variants.a.dropout: unknown key; allowed: label, value"
    ]


def test_one_name_has_one_meaning_in_all_experiments(folder):
    Path("runs.csv").write_text(ROWS)
    text = HEAD + "measurements: {file: runs.csv, metrics: {speed: {column: acc, unit: m/s}}}\n"
    text += "variants: {a: {}, b: {}}\n"
    folder.write("config/experiments/first.yaml", text)
    folder.write("config/experiments/second.yaml", text.replace("m/s", "km/h"))
    assert folder.messages() == [
        "config/experiments/second.yaml:3: measurements.metrics.speed: "
        "config/experiments/first.yaml declares it with another name, unit or side; use another key"
    ]


def test_a_changed_table_makes_the_tables_anew(folder):
    Path("runs.csv").write_text(ROWS)
    loaded(folder, SHORT.format(more="") + claim("test_accuracy", "b", "a"))

    def digest():
        plan = Plan(folder.load())
        [job] = [job for job in plan.jobs if job.rule == "summarize"]
        assert Path("runs.csv") in plan.sources
        return plan.digest_of(job)

    before = digest()
    assert digest() == before
    Path("runs.csv").write_text(ROWS.replace("0.8", "0.81"))
    code._sha256.cache_clear()
    code._contents.cache_clear()
    assert digest() != before
