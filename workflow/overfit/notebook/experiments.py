"""A whole experiment: training, metrics, claims and figures, one after the other."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from overfit import figures
from overfit.claims.table import decide
from overfit.config import shipped
from overfit.config.experiment import Experiment
from overfit.config.files import DATASETS, EXPERIMENTS
from overfit.config.problems import did_you_mean
from overfit.config.shipped import CONFIG
from overfit.config.study import Study, load_study
from overfit.data.prepare import prepare
from overfit.data.subsets import write_subsets
from overfit.jobs import searching, training
from overfit.metrics.histories import read_histories
from overfit.metrics.measuring import measured
from overfit.metrics.summary import summarize
from overfit.metrics.tables import read_metrics, write_metrics
from overfit.results import RESULTS, ExperimentFiles, Results, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WRITTEN_HERE = "notebook"
"""The name of an experiment that comes as text."""


@dataclass(frozen=True)
class Drawing:
    """A figure with its caption, which a notebook displays."""

    figure: Figure
    caption: str
    alt: str

    def save(self, stem: Path | str) -> None:
        """Write `{stem}.svg` and `{stem}.png`."""
        figures.save(self.figure, stem)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            self.save(Path(folder, "figure"))
            png = Path(folder, "figure.png").read_bytes()
        return {"image/png": png, "text/plain": self.alt}


@dataclass(frozen=True)
class Outcome:
    """An experiment that has run. Its files have the same layout as in the workflow."""

    experiment: Experiment
    """The contents of the experiment: variants, cells, figures, claims."""
    results: Path
    """The folder of its results."""
    _owned: Any = field(default=None, repr=False)

    @cached_property
    def history(self) -> pd.DataFrame:
        """Loss and accuracy of each seed at each evaluation."""
        return read_histories(self.experiment, Results(self.results))

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """The metrics of each seed."""
        return read_metrics(self._files.metrics, self.experiment.grid)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Means over seeds, with their intervals."""
        return summarize(self.metrics)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The verdict on each claim."""
        return decide(self.experiment.claims, self.metrics)

    @property
    def figures(self) -> list[str]:
        """The names of its figures."""
        return [figure.key for figure in self.experiment.figures]

    def figure(self, name: str) -> Drawing:
        """Draw one of its figures.

        Raises:
            KeyError: it has no figure of this name.
        """
        if name not in self.figures:
            raise KeyError(f"no figure {name!r}; there are {', '.join(self.figures) or 'none'}")
        asked = self.experiment.figures[self.figures.index(name)]
        return Drawing(
            figures.draw(self.experiment, asked, Results(self.results)),
            figures.caption(self.experiment, asked),
            figures.alt(self.experiment, asked),
        )

    @property
    def _files(self) -> ExperimentFiles:
        return Results(self.results).experiment(self.experiment.name)


def run(
    experiment: str | Path | Mapping[str, Any],
    *,
    seeds: int | None = None,
    override: Mapping[str, Any] | None = None,
    folder: Path | str | None = None,
    project: Path | str = shipped.FOLDER,
) -> Outcome:
    """Run an experiment in this process, one run after the other.

    The numbers are those of the workflow on this machine.

    Args:
        experiment: a name in `config/experiments`, a file, YAML text (of several lines), or what
            such text contains.
        seeds: the number of seeds, instead of the experiment's.
        override: settings that override the experiment's base, but not its variants and grid.
        folder: where to put `config` and `results` of this run; by default in a temporary
            folder, which is deleted with the outcome.
        project: the folder whose `config` has defaults, datasets and other experiments.

    Raises:
        KeyError: no experiment has this name.
        ConfigurationError: with every mistake in the experiment, each with its line.
        DataError: a dataset is not available.
    """
    owned = None if folder else tempfile.TemporaryDirectory(prefix="overfit-")
    root = Path(folder or owned.name)  # type: ignore[union-attr]
    name = _write_project(experiment, Path(project), root)
    config = yaml.safe_load((root / CONFIG).read_text(encoding="utf-8"))
    config |= {"experiments": [name], "changes": {}}
    config |= {"seeds": seeds} if seeds else {}
    config |= {"override": dict(override)} if override else {}
    study = load_study(config, root=root, config_files=[root / CONFIG])
    results = Results(root / RESULTS.root)
    _train(study, results)
    outcome = Outcome(study.experiments[name], results.root, owned)
    histories = read_histories(outcome.experiment, results)
    metrics = measured(outcome.experiment, results, histories)
    write_metrics(metrics, outcome._files.metrics)
    return outcome


def _write_project(experiment: str | Path | Mapping[str, Any], project: Path, root: Path) -> str:
    """Copy the configuration to `root`, with the experiment and all that it extends; its name."""
    for file in (CONFIG, DATASETS):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / file, root / file)
    path = Path(experiment) if isinstance(experiment, str | Path) else None
    if isinstance(experiment, Mapping):
        name, text = WRITTEN_HERE, yaml.safe_dump(dict(experiment), sort_keys=False)
    elif isinstance(experiment, str) and "\n" in experiment:
        name, text = WRITTEN_HERE, experiment
    elif path and path.suffix == ".yaml":
        name, text = path.stem, path.read_text(encoding="utf-8")
    else:
        name, known = str(experiment), [f.stem for f in (project / EXPERIMENTS).glob("*.yaml")]
        if name not in known:
            raise KeyError(f"unknown experiment {name!r}{did_you_mean(name, sorted(known))}")
        text = (project / EXPERIMENTS / f"{name}.yaml").read_text(encoding="utf-8")
    write_text(root / EXPERIMENTS / f"{name}.yaml", text)
    for parent in _ancestors(text, project):
        target = root / EXPERIMENTS / parent.name
        if not target.exists():
            shutil.copy(parent, target)
    return name


def _ancestors(text: str, project: Path) -> Iterator[Path]:
    """The readable files that an experiment extends."""
    seen: set[Path] = set()
    while True:
        try:
            content = yaml.safe_load(text)
        except yaml.YAMLError:
            return
        parent = content.get("extends") if isinstance(content, dict) else None
        file = project / EXPERIMENTS / f"{parent}.yaml"
        if not isinstance(parent, str) or file in seen or not file.exists():
            return
        seen.add(file)
        yield file
        text = file.read_text(encoding="utf-8")


def _train(study: Study, results: Results) -> None:
    """Datasets, searches and runs of a study, one after the other."""
    for name in sorted({subset.dataset for subset in study.subsets.values()}):
        prepare(name, study.datasets[name], results.dataset(name).root)
    for experiment in study.experiments.values():
        for variant, search in experiment.searches.items():
            for best in experiment.found(variant):
                blocks = search.blocks(study.config.trials_per_job, best)
                for block in blocks:
                    searching.write_trials(search, block, results, made_by="")
                files = [results.trials(search.id, search.method, block) for block in blocks]
                searching.write_best(search, best, files, results)
        for run, blocks in experiment.blocks.items():
            spec = study.runs[run]
            for block in blocks:
                write_subsets(spec.subset, block, results)
                training.write_block(spec, study.recordings[run], block, results)
