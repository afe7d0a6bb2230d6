"""Targets of the command line that no job makes, and suggestions."""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from overfit.config.problems import did_you_mean
from overfit.config.study import Study
from overfit.results import RESULTS


def may_be_targets(words: Iterable[str], study: Study) -> bool:
    """Whether some words of a command line may be targets that `mistaken` checks."""
    folder = RESULTS.root.name
    experiments = {*study.experiments, *study.left_out}
    return any(word in experiments or folder in Path(word).parts for word in words)


def mistaken(
    targets: Iterable[str], study: Study, made: Iterable[Path], *, alone: bool = True
) -> Iterator[str]:
    """The mistakes in targets that look like results but aren't, or that name an experiment.

    Args:
        targets: those of the command line: files, or names of rules.
        study: the study.
        made: all results. Datasets that no experiment uses are targets, too.
        alone: whether all rules are those of overfit; others may have any outputs and names.
    """
    datasets = [file for name in study.datasets for file in RESULTS.dataset(name).all]
    known = {path.as_posix() for path in [*made, *datasets]}
    folders = {parent.as_posix() for path in known for parent in Path(path).parents}
    ours = {folder for folder in folders if folder.count("/") == 1}
    experiments = [*study.experiments, *study.left_out]
    for target in targets:
        if alone and target in experiments:
            yield f"{target}: to run an experiment, write --config experiments=[{target}]"
        path = Path(os.path.relpath(target))
        shown = path.as_posix()
        if RESULTS.root not in path.parents or shown in known or path.name == "README.md":
            continue
        if not alone and "/".join(path.parts[:2]) not in ours:
            continue
        name = _experiment(path)
        if name in study.left_out:
            listed = ", ".join([*study.experiments, name])
            yield f"{target}: {name} is not selected; write --config experiments=[{listed}]"
        elif name and name not in study.experiments:
            yield f"{target}: unknown experiment {name!r}{did_you_mean(name, experiments)}"
        elif shown in folders:
            yield f"{target}: is a folder; name files in it"
        else:
            near = get_close_matches(shown, sorted(known), n=1, cutoff=0.8)
            yield f"{target}: no job makes it{f'; did you mean {near[0]}?' if near else ''}"


def _experiment(path: Path) -> str | None:
    """The experiment whose result a path would be."""
    folder = RESULTS.experiment("*").root.parent
    return path.relative_to(folder).parts[0] if folder in path.parents else None
