"""Experiment files that start from others: `extends: other_experiment`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from overfit.config.merging import Draft
from overfit.config.problems import Path, Problem, Source, did_you_mean, must_be
from overfit.config.reading import Document


@dataclass(frozen=True)
class Changes:
    """The changes that the configuration makes in an experiment, like a file that extends it."""

    data: Mapping[str, Any]
    source: Source
    """The configuration."""
    path: Path
    """The path of the changes in it."""

    def problem(self, path: Path, message: str) -> Problem:
        """Blame the value at `path` of the changes."""
        return self.source.problem((*self.path, *path), message)


@dataclass(frozen=True)
class Lineage:
    """An experiment file, merged over the files that it extends."""

    documents: tuple[Document, ...]
    """From the file that extends no other to the file itself."""
    changes: Changes | None = None
    """The changes that are merged over the file."""

    @property
    def file(self) -> str:
        """The file itself, as shown to the user."""
        return self.documents[-1].file

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The merged contents of the files."""
        return self._draft.values()

    @cached_property
    def _draft(self) -> Draft:
        draft = Draft(self.documents[-1])
        for layer in self._layers:
            draft.lay(layer.data, layer, ())
        return draft

    @property
    def _layers(self) -> tuple[Document | Changes, ...]:
        return (*self.documents, self.changes) if self.changes else self.documents

    def problem(self, path: Path, message: str) -> Problem:
        """Blame the value at `path` in the file that wrote it."""
        return self._draft.problem(path, message)

    def layers(self, *path: str) -> list[tuple[Mapping[str, Any], Source]]:
        """The mapping at `path` of each file, and of the changes, in the order of merging.

        Unlike in `data`, nulls remain, to delete what lower layers set. A null instead of
        the mapping deletes the layers before it.
        """
        found: list[tuple[Mapping[str, Any], Source]] = []
        for layer in self._layers:
            value: Any = layer.data
            for step in path:
                value = value.get(step, {}) if isinstance(value, Mapping) else value
            if value is None:
                found = []
            elif isinstance(value, Mapping) and value:
                found.append((value, layer))
        return found


def lineages(files: Mapping[str, Document], problems: list[Problem]) -> dict[str, Lineage]:
    """The lineage of each experiment, ancestors before descendants.

    Files that cannot be read are left out, and so are files that extend them. Files that extend an
    unknown experiment or, in the end, themselves are left out and added to `problems`.

    Args:
        files: the experiment files by name.
        problems: the list to which mistakes are added.
    """
    broken = {name for name, file in files.items() if file.problems and not file.data}
    parents: dict[str, str] = {}
    for name, file in files.items():
        parent = file.data.get("extends")
        if isinstance(parent, str) and parent in files:
            parents[name] = parent
        elif parent is not None:
            message = must_be("the name of an experiment", parent)
            if isinstance(parent, str):
                meant = parent.removesuffix(".yaml")
                others = [other for other in files if other != name]
                message = f"unknown experiment {parent!r}{did_you_mean(meant, others)}"
            problems.append(file.problem(("extends",), message))
            broken.add(name)
    for cycle in _cycles(parents):
        way = f": {' -> '.join([*cycle, cycle[0]])}" if len(cycle) > 1 else ""
        problems.append(
            files[cycle[0]].problem(("extends",), f"the experiment extends itself{way}")
        )
        broken.update(cycle)
    chains = [_chain(name, parents, broken) for name in files]
    sound = sorted((chain for chain in chains if not broken.intersection(chain)), key=len)
    return {chain[-1]: Lineage(tuple(files[name] for name in chain)) for chain in sound}


def in_its_lineage(
    lineage: Lineage, found: list[Problem], known: Mapping[str, list[Problem]]
) -> list[Problem]:
    """The mistakes that an experiment has beyond those of the files that it extends.

    A mistake in an inherited value is reported once, where the value is written. If the value is
    right in that file by itself, the message names the experiment that makes it wrong.

    Args:
        lineage: the experiment's files.
        found: all its mistakes.
        known: the mistakes of each file that it extends.
    """
    above = [document.file for document in lineage.documents[:-1]]
    said = {(problem.file, problem.path) for file in above for problem in known[file]}
    return [
        replace(problem, message=f"{problem.message} (in {lineage.file}, which extends it)")
        if problem.file in above
        else problem
        for problem in found
        if problem.file not in above or (problem.file, problem.path) not in said
    ]


def with_changes(found: list[Problem], alone: list[Problem], lineage: Lineage) -> list[Problem]:
    """The mistakes of a changed experiment; messages mention changes that cause them.

    Args:
        found: all its mistakes.
        alone: its mistakes without the changes.
        lineage: the experiment.
    """
    assert lineage.changes is not None  # noqa: S101 - else nothing is changed
    files = [document.file for document in lineage.documents]
    where = lineage.changes.problem((), "")
    line = "" if where.line is None else f":{where.line}"
    return [
        replace(problem, message=f"{problem.message} (with {where.path} of {where.file}{line})")
        if problem.file in files and problem not in alone
        else problem
        for problem in found
    ]


def _cycles(parents: Mapping[str, str]) -> list[list[str]]:
    """Each cycle once, from its first name on."""
    found = []
    for name in parents:
        way = [name]
        while (after := parents.get(way[-1])) is not None and after not in way:
            way.append(after)
        if after == name == min(way):
            found.append(way)
    return found


def _chain(name: str, parents: Mapping[str, str], broken: set[str]) -> list[str]:
    """The experiments from the one that extends no other to `name`; cut at a broken one."""
    chain = [name]
    while chain[0] in parents and chain[0] not in broken:
        chain.insert(0, parents[chain[0]])
    return chain
