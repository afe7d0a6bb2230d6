"""Every kind of figure with results that leave little or nothing to draw.

A figure of them is drawn without a warning, contains no number that nothing was measured of, and
says what is missing.
"""

from __future__ import annotations

import copy
import json
import re
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from matplotlib import MatplotlibDeprecationWarning
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from overfit import figures
from overfit.config.blocks import block_range
from overfit.config.experiment import Experiment
from overfit.config.study import load_study
from overfit.data.checked import DataError
from overfit.figures.found import KINDS
from overfit.metrics.histories import read_histories
from overfit.metrics.measuring import measured
from overfit.metrics.table import quantities
from overfit.metrics.tables import write_metrics
from overfit.results import Results
from tests.figures.synthetic import CONFIG, DATASETS, together
from tests.figures.test_every_kind import check_places, drawn_texts

Values = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
UPDATES = (0, 6, 12, 15)
SPLITS = ("train", "validation", "test")
LAYERS = (1, 2)
SPACE = {
    "train.optimizer.lr": {"log_uniform": [0.001, 1.0]},
    "model.width": {"int": [8, 16]},
    "batch_norm": {"choice": [True, None]},
}


def ordinary(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(0.2, 0.9, shape)


@dataclass(frozen=True)
class Measured:
    """What an experiment measured."""

    values: Values = ordinary
    seeds: int = 5
    healthy: int = 1000
    """This many seeds, repeats and trials come through; the others diverge."""
    points: tuple[float, ...] = (0.01, 0.1, 1.0)
    trials: int = 8
    repeats: int = 2
    classes: int = 10
    probed: bool = True
    label: str = ""
    """After the name of each variant."""


def times(factor: float) -> Values:
    return lambda rng, shape: factor * ordinary(rng, shape)


def constant(value: float) -> Values:
    return lambda rng, shape: np.full(shape, value)


def some_infinite(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.where(rng.random(shape) < 0.5, np.inf, ordinary(rng, shape))


SEARCHES = ("anytime", "best_trials", "importance", "search_space", "parallel_coordinates",
            "search_efficiency")  # fmt: skip
PROBES = ("probe_curves", "weight_distribution", "activation_histograms")
ON_AXES = ("metric_by_axis", "heatmap", "trade_off", "interaction", "weight_scale_panel")
SITUATIONS = {
    "all_diverged": Measured(healthy=0),
    "all_but_one_diverged": Measured(healthy=1),
    "all_equal": Measured(constant(0.5)),
    "zero": Measured(constant(0.0)),
    "negative": Measured(times(-1)),
    "huge": Measured(times(1e30)),
    "tiny": Measured(times(1e-30)),
    "one_trial": Measured(trials=1, repeats=1),
    "one_point": Measured(points=(0.1,)),
    "infinite": Measured(some_infinite),
    "no_layers": Measured(probed=False),
    "one_class": Measured(classes=1),
    "long_names": Measured(
        label=" with a name that goes on and on, and then explains itself at length"
    ),
}
ONLY = {
    "one_trial": SEARCHES,
    "one_point": ON_AXES,
    "infinite": PROBES,  # a run with another infinite number has diverged
    "no_layers": PROBES,
    "one_class": ("ensemble", "digits"),
}

VARIANTS: dict[str, Any] = {
    "plain": {"label": "Plain"},
    "norm": {"label": "Batch norm", "batch_norm": True},
}
ON_A_GRID: list[dict[str, Any]] = [
    {"kind": "metric_by_axis", "axis": "train.optimizer.lr", "metrics": ["test_loss", "gap"],
     "at": {"penalty.l2": 0}, "best": {"test_loss": "lowest"}},
    {"kind": "heatmap", "x": "train.optimizer.lr", "y": "penalty.l2", "metrics": ["gap"]},
    {"kind": "trade_off", "x": "train_loss", "y": "gap", "axis": "train.optimizer.lr",
     "over": ["penalty.l2"]},
    {"kind": "interaction", "axis": "penalty.l2", "metrics": ["gap"],
     "over": ["train.optimizer.lr"]},
]  # fmt: skip
ON_AN_AXIS: list[dict[str, Any]] = [{"kind": "weight_scale_panel", "axis": "train.optimizer.lr"}]
WITHOUT_GRID: list[dict[str, Any]] = [
    {"kind": "learning_curves", "gap": True, "variants": ["plain", "norm"]},
    {"kind": "learning_curves", "name": "losses", "quantity": "loss", "variants": ["plain"]},
    {"kind": "comparison", "metrics": ["test_loss", "gap"], "baseline": "plain"},
    {"kind": "paired_differences", "metrics": ["test_loss", "gap"], "baseline": "plain",
     "order": "estimate"},
    {"kind": "one_at_a_time", "metrics": ["test_loss"], "baseline": "plain",
     "factors": {"Norm": {"off": "plain", "on": "norm"}, "Tuned": {"no": "plain", "yes": "tuned"}}},
    {"kind": "probe_curves", "quantity": "gradient_norm", "variants": ["plain"]},
    {"kind": "probe_curves", "name": "log", "quantity": "l2_norm", "scale": "log",
     "variants": ["plain"]},
    {"kind": "weight_distribution", "variants": ["plain", "norm"]},
    {"kind": "weight_distribution", "name": "fans", "over": "training",
     "variants": ["plain", "norm"]},
    {"kind": "activation_histograms", "variants": ["plain"]},
    {"kind": "ensemble", "subsets": 10},
    {"kind": "digits", "variants": ["plain", "norm"]},
    {"kind": "anytime"},
    {"kind": "anytime", "name": "differences", "variants": ["tuned"], "baseline": "other"},
    {"kind": "best_trials", "variant": "tuned", "count": 3},
    {"kind": "importance", "variant": "tuned"},
    {"kind": "search_space", "variant": "tuned"},
    {"kind": "parallel_coordinates", "variant": "tuned"},
    {"kind": "search_efficiency", "variant": "tuned"},
]  # fmt: skip
STUDIES = {"grid": ON_A_GRID, "axis": ON_AN_AXIS, "plain": WITHOUT_GRID}
CASES = [
    pytest.param(
        *(situation, study, figure.get("name", figure["kind"])),
        marks=pytest.mark.xdist_group(situation),  # which shares its results
    )
    for situation in SITUATIONS
    for study, asked in STUDIES.items()
    for figure in asked
    if figure["kind"] in ONLY.get(situation, KINDS)
]


def written(folder: Path, study: str, has: Measured) -> Experiment:
    """An experiment with such results in `folder`."""
    asked: dict[str, Any] = {"title": "Title", "question": "Is it drawn?", "seeds": has.seeds}
    asked |= {"figures": STUDIES[study], "variants": copy.deepcopy(VARIANTS)}
    if study == "plain":
        search = {"space": SPACE, "method": "random", "trials": has.trials, "repeats": has.repeats}
        search["objective"] = {"minimize": "validation_loss"}
        tuned = {"tuned": {"label": "Tuned", "search": search}}
        other = {"label": "Tuned more", "search": {**search, "trials": has.trials + 1}}
        asked["variants"] |= {**tuned, "other": other}
        asked |= {"probes": list(quantities()), "keep": ["predictions"]}
    else:
        asked["grid"] = {"train.optimizer.lr": list(has.points)}
    if study == "grid":
        asked["grid"]["penalty.l2"] = [0.0, 0.01]
    for variant in asked["variants"].values():
        variant["label"] += has.label
    home = folder / "project" / "config"
    (home / "experiments").mkdir(parents=True)
    shutil.copy(DATASETS, home)
    (home / "experiments/example.yaml").write_text(yaml.safe_dump(asked, sort_keys=False))
    example = load_study(CONFIG, root=home.parent).experiments["example"]
    results, rng = Results(folder), np.random.default_rng(0)
    for cell in example.cells:
        (block,) = example.blocks[cell.run.id]
        write_run(results, cell.run.id, block, has, rng)
        subset = results.subset(cell.run.subset_id, block)
        subset.parent.mkdir(parents=True, exist_ok=True)
        train = np.tile(np.arange(10), (has.seeds, 1))
        np.savez(subset, seeds=np.arange(has.seeds), train=train, validation=train)
    write_labels(results, has)
    for variant in example.searches:
        write_search(example, variant, results, has, rng)
    metrics = measured(example, results, read_histories(example, results))
    write_metrics(metrics, results.experiment("example").metrics)
    return example


def history(has: Measured, seeds: list[int], rng: np.random.Generator) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([seeds, UPDATES, SPLITS], names=["seed", "update", "split"])
    frame = index.to_frame(index=False)
    frame["epoch"] = frame["update"] / 3
    frame["diverged"] = frame["seed"] >= has.healthy
    for quantity in ("loss", "accuracy"):
        frame[quantity] = has.values(rng, (len(frame),))
    frame["accuracy"] = frame["accuracy"].clip(0, 1)
    lost = frame["diverged"] & (frame["update"] > 0)
    frame.loc[lost, ["loss", "accuracy"]] = np.nan
    return frame


def write_run(
    results: Results, run: str, block: str, has: Measured, rng: np.random.Generator
) -> None:
    seeds = list(range(has.seeds))
    path = results.history(run, block)
    path.parent.mkdir(parents=True)
    history(has, seeds, rng).assign(run=run).to_parquet(path)
    names = [name for own in quantities().values() for name in own]
    names += [f"bin_{low}" for low in KINDS_LOW_ENDS]
    index = pd.MultiIndex.from_product(
        [seeds, UPDATES, LAYERS, names], names=["seed", "update", "layer", "quantity"]
    )
    probes = index.to_frame(index=False)
    probes["value"] = has.values(rng, (len(probes),))
    probes.loc[(probes["seed"] >= has.healthy) & (probes["update"] > 0), "value"] = np.nan
    if not has.probed:
        probes = probes[:0]
    probes.assign(run=run).to_parquet(results.probes(run, block))
    kept = rng.dirichlet(np.ones(has.classes), (has.seeds, 20))
    kept[has.healthy :] = np.nan
    np.savez(results.kept(run, block), predictions=kept, seeds=np.arange(has.seeds))


def write_labels(results: Results, has: Measured) -> None:
    dataset = results.dataset("mnist-5k")
    dataset.root.mkdir(parents=True)
    np.save(dataset.labels, (np.arange(40) % has.classes).astype(np.uint8))
    np.save(dataset.images, np.arange(160, dtype=np.uint8).reshape(40, 4))
    counts = {part: [2] * has.classes for part in ("pool", "test")}
    card = {"splits": {"pool": [0, 20], "test": [20, 40]}, "class_counts": counts}
    card |= {"dataset": "mnist-5k", "images": 40, "classes": has.classes, "scale": 1, "names": []}
    card |= {"shape": [2, 2]}
    dataset.card.write_text(json.dumps(card))


def write_search(
    example: Experiment, variant: str, results: Results, has: Measured, rng: np.random.Generator
) -> None:
    search = example.searches[variant]
    for block in search.blocks(example.trials_per_job):
        frames, told = [], []
        for number in block_range(block):
            repeat, trial = divmod(number, search.count)
            frame = history(has, [0], rng).assign(diverged=trial >= has.healthy)
            lost = frame["diverged"] & (frame["update"] > 0)
            frame.loc[lost, ["loss", "accuracy"]] = np.nan
            frames.append(frame)
            numbers = {"search": search.id, "trial": trial, "repeat": repeat, "round": 0}
            point = {"train.optimizer.lr": 10 ** rng.uniform(-3, 0)}
            point |= {"model.width": int(rng.integers(8, 17))}
            point |= {"batch_norm": str(rng.choice(["true", "null"]))}
            told.append({**numbers, "budget": 1.0, "failed": None, **point})
        path = results.trials(search.id, search.method, block)
        path.parent.mkdir(parents=True, exist_ok=True)
        together(frames, told).to_parquet(path)


KINDS_LOW_ENDS = ("-inf", *(f"{tenth / 10}" for tenth in range(-10, 11)), "2.0", "5.0", "10.0")
MADE: dict[tuple[str, str], tuple[Experiment, Results]] = {}
DRAWN: dict[str, Figure] = {}
"""Those of `all_but_one_diverged`, which two tests look at."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("degenerate")


def made(folder: Path, study: str, situation: str) -> tuple[Experiment, Results]:
    home = folder / f"{study}-{situation}"
    if (study, situation) not in MADE:
        MADE[study, situation] = written(home, study, SITUATIONS[situation]), Results(home)
    return MADE[study, situation]


def test_every_kind_of_figure_is_tried() -> None:
    assert {figure["kind"] for asked in STUDIES.values() for figure in asked} == set(KINDS)


def shows_data(axes: Axes) -> bool:
    """Whether something finite is drawn, apart from straight lines for reference."""
    curves = [line.get_xydata() for line in axes.lines if line.get_transform() == axes.transData]
    patches = [patch.get_window_extent().get_points() for patch in axes.patches]
    dots = [np.asarray(c.get_offsets()) for c in axes.collections]
    return bool(axes.images) or any(
        np.isfinite(np.asarray(points, float)).all(axis=1).any()
        for points in [*curves, *patches, *dots]
        if len(points)
    )


@pytest.mark.parametrize(("situation", "study", "name"), CASES)
def test_a_figure_of_little_is_drawn_and_says_what_is_missing(
    folder: Path, situation: str, study: str, name: str
) -> None:
    example, results = made(folder, study, situation)
    figure = next(figure for figure in example.figures if figure.key == name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", MatplotlibDeprecationWarning)  # of seaborn's calls
        drawn = figures.draw(example, figure, results)
        if situation == "all_but_one_diverged":
            DRAWN[name] = drawn
        drawn.set_dpi(40 if situation != "long_names" else 100)
        boxes = drawn_texts(drawn)
    texts = [text.get_text() for text, _ in boxes]
    if situation == "long_names":
        check_places(drawn, boxes)
    assert not any("nan" in text.lower().split() or "inf" in text.split() for text in texts)
    for axes in drawn.axes:
        if not shows_data(axes):
            assert axes.texts, f"a panel of {name} is empty and doesn't say why"


@pytest.mark.xdist_group("all_diverged")
def test_nothing_is_explained_by_trials_that_are_too_few_or_all_the_same(folder: Path) -> None:
    reasons = {
        "all_diverged": "all trials diverged",
        "all_but_one_diverged": "all trials score the same",
        "all_equal": "all trials score the same",
        "one_trial": "3 hyperparameters would need 6 whole trials",
    }
    for situation, reason in reasons.items():
        example, results = made(folder, "plain", situation)
        figure = next(figure for figure in example.figures if figure.key == "importance")
        (axes,) = figures.draw(example, figure, results).axes
        assert [text.get_text() for text in axes.texts] == [
            f"There is nothing to explain:\n{reason}."
        ]


@pytest.mark.xdist_group("all_but_one_diverged")
def test_seeds_and_repeats_that_diverged_are_counted_where_means_leave_them_out(
    folder: Path,
) -> None:
    example, results = made(folder, "plain", "all_but_one_diverged")
    for figure in example.figures:
        if "metrics" in figure.reads or "histories" in figure.reads or "kept" in figure.reads:
            drawn = DRAWN.get(figure.key) or figures.draw(example, figure, results)
            texts = [text.get_text() for text in drawn.findobj(Text)]
            hollow = [line for line in drawn.findobj(Line2D) if line.get_mfc() == "white"]
            said = any("4 " in text and "diverged" in text for text in texts)
            assert said or hollow, figure.key


@pytest.mark.xdist_group("all_equal")
def test_an_error_of_a_kind_is_one_line_with_its_place_and_its_words_do_not_cost_the_page(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from overfit.figures.kinds import comparison

    example, results = made(folder, "plain", "all_equal")
    figure = next(figure for figure in example.figures if figure.key == "comparison")
    monkeypatch.delattr(comparison, "units")
    place = re.escape(str(Path("workflow/overfit/figures/kinds/comparison.py"))) + r":\d+: "
    with pytest.raises(DataError, match=place + r".*NameError: .*units") as caught:
        figures.draw(example, figure, results)
    assert "\n" not in str(caught.value)
    assert re.match("This figure has no caption: .*NameError", figures.caption(example, figure))


@pytest.mark.xdist_group("all_equal")
def test_a_figure_whose_kind_fails_becomes_a_panel_that_says_why(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from overfit.figures.kinds import comparison

    example, results = made(folder, "plain", "all_equal")
    figure = next(figure for figure in example.figures if figure.key == "comparison")
    monkeypatch.delattr(comparison, "units")
    drawn = figures.draw_or_say(example, figure, results)
    (text,) = (text.get_text() for text in drawn.axes[0].texts)
    assert text.startswith("This figure can't be drawn:")
    assert "NameError" in text
    assert caplog.records[-1].levelname == "ERROR"
    assert " ".join(text.split()).endswith(caplog.records[-1].getMessage())
