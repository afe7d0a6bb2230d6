"""The paths of all results, and how they are written: a file is complete or absent.

Only this module spells paths in the folder of results. The rules also get their patterns from
here: `Results("results").history("{run}", "{block}")`.

A job writes a record beside each of its results, with the SHA-256 of what it wrote. Nobody else
writes records, so a result that differs from its record is damaged or edited. Whoever reads a
result compares them.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NotRequired, TypedDict

HISTORY = re.compile(r"\d+-\d+\.parquet")
TEMPORARY = re.compile(r"\..+\.\d+\.part(\.[^.]+)?")

NEARLY_FULL = 65536
"""At most this many bytes are free on a disk that a write has just filled."""
ALTERED = "its SHA-256 is not the one in its record"
RECORD = ".record"
"""The end of the name of a record."""
MADE_BY: ContextVar[str | None] = ContextVar("made_by", default=None)
"""The digest of the job that runs in this process, see `overfit.jobs.plan`. None: no job."""


class Record(TypedDict):
    """The record that a job writes about a file."""

    sha256: str
    """The SHA-256 of the file."""
    bytes: int
    """Its size."""
    made_by: str
    """The digest of the job's code and of what the job was told, see `overfit.jobs.plan`."""
    rows: NotRequired[int]
    """The number of rows, if it is a table."""
    columns: NotRequired[list[str]]
    """The names of the columns, if it is a table."""
    recorded: NotRequired[dict[str, Any]]
    """The recording (`overfit.config.specs.Recording`), if it is the history of a run."""
    trained: NotRequired[str]
    """The time at which its training began: UTC, as `2026-11-30T09:00:00.123456Z`."""


@dataclass(frozen=True)
class Folder:
    """A folder with files of fixed names."""

    root: Path


class File:
    """A file of a `Folder`, given as its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, of: Folder, kind: type[Folder]) -> Path:
        return of.root / self.name


class DatasetFiles(Folder):
    """The three files of a prepared dataset."""

    images = File("images.npy")
    """All images; readers map them into memory."""
    labels = File("labels.npy")
    """The class of each image."""
    card = File("card.json")
    """Source, checksums, class counts and splits."""

    @property
    def all(self) -> tuple[Path, Path, Path]:
        """All three files."""
        return self.images, self.labels, self.card


class ExperimentFiles(Folder):
    """The tables and figures of one experiment."""

    metrics = File("metrics.csv")
    """Every metric of every seed."""
    curves = File("curves.parquet")
    """Mean learning curves."""
    summary = File("summary.csv")
    """Means over seeds, with their intervals."""
    claims = File("claims.csv")
    """The verdict on each claim."""
    looks = File("looks.csv")
    """The result of each look at each claim."""

    def look(self, seeds: int | str) -> Path:
        """The metrics of the runs that claims look at with this number of seeds."""
        return self.root / "looks" / f"{seeds}.csv"

    def figure(self, name: str, suffix: str = "svg") -> Path:
        """One of its figures, as `svg` or `png`."""
        return self.root / "figures" / f"{name}.{suffix}"


class GradientFiles(Folder):
    """The check of the core's gradients."""

    table = File("errors.csv")
    """The error of each gradient."""

    def figure(self, suffix: str = "svg") -> Path:
        """The errors as a figure, `svg` or `png`."""
        return self.root / f"gradient_check.{suffix}"

    @property
    def all(self) -> tuple[Path, Path, Path]:
        """All three files."""
        return self.table, self.figure("svg"), self.figure("png")


@dataclass(frozen=True)
class Job:
    """A job of the workflow."""

    rule: str
    names: tuple[str, ...]
    """The rule's wildcards, such as run and block, which identify it among the jobs of its rule."""
    outputs: tuple[Path, ...]

    @property
    def records(self) -> tuple[Path, ...]:
        """The records of its outputs."""
        return records(*self.outputs)


class Results(Folder):
    """The folder of results."""

    claims = File("claims.csv")
    """The verdicts on the claims of all experiments."""
    report = File("report.html")
    """The report."""
    incomplete_report = File("report-incomplete.html")
    """The report on existing results, written when jobs have failed."""
    provenance = File("provenance.json")
    """Code, versions, machine and times."""
    manifest = File("MANIFEST.sha256")
    """The SHA-256 of every result."""
    crate = File("ro-crate-metadata.json")
    """The results described as a research object."""

    @classmethod
    def around(cls, file: Path | str) -> Results:
        """The results that a file belongs to, also in a copy that a job uses elsewhere."""
        return cls(next(folder for folder in Path(file).parents if folder.name == "results"))

    def dataset(self, name: str) -> DatasetFiles:
        """The files of a prepared dataset."""
        return DatasetFiles(self.root / "datasets" / name)

    def subset(self, subset: str, block: str) -> Path:
        """The training and validation images of a block of seeds."""
        return self.root / "subsets" / subset / f"{block}.npz"

    def history(self, run: str, block: str) -> Path:
        """Loss and accuracy of a block of seeds at each evaluation."""
        return self.root / "runs" / run / f"{block}.parquet"

    def probes(self, run: str, block: str) -> Path:
        """The measurements of a run's probes."""
        return self.root / "runs" / run / f"{block}.probes.parquet"

    def kept(self, run: str, block: str) -> Path:
        """The parts of its trained networks that a run keeps."""
        return self.root / "runs" / run / f"{block}.npz"

    def blocks(self, run: str) -> list[str]:
        """The blocks of a run whose histories exist, sorted."""
        folder = self.history(run, "").parent
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return [path.stem for path in found if HISTORY.fullmatch(path.name)]

    def histories(self) -> list[Path]:
        """The histories of all runs that exist, sorted."""
        runs = self.history("*", "").parent
        return [
            self.history(run.name, block)
            for run in sorted(runs.parent.glob(runs.name))
            for block in self.blocks(run.name)
        ]

    def trials(self, search: str, method: str, block: str) -> Path:
        """The histories of a block of a search's trials."""
        return self.root / "searches" / search / method / f"{block}.parquet"

    def best(self, search: str, method: str, best: str = "best") -> Path:
        """The hyperparameters of a search's best trial, or of the best for each seed of a block."""
        return self.root / "searches" / search / method / f"{best}.yaml"

    def experiment(self, name: str) -> ExperimentFiles:
        """The tables and figures of an experiment."""
        return ExperimentFiles(self.root / "experiments" / name)

    @property
    def gradients(self) -> GradientFiles:
        """The check of the core's gradients."""
        return GradientFiles(self.root / "gradient_check")

    def log(self, rule: str, *names: str) -> Path:
        """The log of a job; see `Job` for the names."""
        return self.root / "logs" / f"{'/'.join((rule, *names))}.log"

    def benchmark(self, rule: str, *names: str) -> Path:
        """The time and memory of a job, measured by Snakemake."""
        return self.root / "benchmarks" / f"{'/'.join((rule, *names))}.tsv"

    def named(self, path: Path) -> str:
        """The path of a result relative to the folder of results, for tables and messages."""
        return path.relative_to(self.root).as_posix()

    def listable(self) -> Iterator[Path]:
        """All existing results: no logs, benchmarks, records, README or manifest."""
        beside = {"logs", "benchmarks", "README.md", self.manifest.name}
        for path in self.root.rglob("*"):
            about = path.relative_to(self.root).parts[0] in beside or path.suffix == RECORD
            if path.is_file() and not about:
                yield path


RESULTS = Results(Path("results"))
"""The results of the workflow, in the folder where Snakemake runs."""


@contextmanager
def atomic(
    path: Path | str,
    *,
    rows: int | None = None,
    columns: Iterable[str] = (),
    recorded: dict[str, Any] | None = None,
    trained: str | None = None,
) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` on success, remove it on failure.

    A job also writes the record of the file, just before the file itself appears: if the job is
    killed in between, the file is missing, and Snakemake makes it again.

    The temporary name keeps the suffix, because many writers choose their format by it. The content
    reaches the disk before the rename, so that a power cut leaves the old file or the new one. Two
    processes may write the same file at once, for instance a job of a killed driver and one of its
    successor: each has its own temporary file, and the last one wins. Temporary files that a killed
    process left for this path are removed first.

    Args:
        path: the file.
        rows: the number of rows, if the file is a table.
        columns: the names of its columns.
        recorded: the recording of the job, if the file is the history of a run.
        trained: the time at which its training began.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left_behind(_temporaries(path))
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        with open(temporary, "wb") as owned:
            with suppress(OSError):  # a file system without locks: nothing is removed
                fcntl.flock(owned, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield temporary
            if MADE_BY.get() is not None and path.suffix != RECORD:
                record = _record(temporary, rows, columns)
                if recorded is not None:
                    record["recorded"] = recorded
                if trained is not None:
                    record["trained"] = trained
                write_json(records(path)[0], record)
            os.fsync(owned.fileno())
            os.replace(temporary, path)
    except OSError as error:
        # NumPy reports only how many bytes it could write.
        if error.errno is None and shutil.disk_usage(path.parent).free < NEARLY_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def remove_left_behind(temporaries: Iterable[Path]) -> None:
    """Remove temporary files whose writers have ended: a process's lock ends with it."""
    for temporary in temporaries:
        with suppress(OSError), open(temporary, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            temporary.unlink()


def temporaries_below(folder: Path) -> list[Path]:
    """All temporary files of `atomic` in a folder and its subfolders."""
    return [file for file in folder.rglob(".*.part*") if TEMPORARY.fullmatch(file.name)]


def _temporaries(path: Path) -> list[Path]:
    """The temporary files of `path`, from all processes."""
    name = re.compile(rf"\.{re.escape(path.stem)}\.\d+\.part{re.escape(path.suffix)}")
    return [file for file in path.parent.iterdir() if name.fullmatch(file.name)]


def records(*paths: Path) -> tuple[Path, ...]:
    """The paths of the records of results."""
    return tuple(path.with_name(f"{path.name}{RECORD}") for path in paths)


def read_record(path: Path) -> Record | None:
    """The record of a result, or None if there is none.

    Raises:
        ValueError: the record is damaged.
    """
    try:
        text = records(path)[0].read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    found: Record = json.loads(text)
    if not isinstance(found, dict) or not found.keys() >= {"sha256", "bytes", "made_by"}:
        raise ValueError(f"{records(path)[0]} is not a record")
    return found


def damage(path: Path | str, why: object = ALTERED) -> str:
    """The message about a result that can't be read or differs from what its job wrote."""
    return f"{path} is damaged ({why}); make it again: {remake(path)}"


def remake(path: Path | str) -> str:
    """The command that makes a result again."""
    return f"rm -r {shlex.quote(str(path))} && snakemake"


def altered(paths: Iterable[Path]) -> list[Path]:
    """The results that differ from their records, judged mostly by size and time.

    A file of the recorded size that is no newer than its record is not read, because reading
    everything at each start of Snakemake would take too long. Missing files and files without a
    record are left out, since Snakemake makes them again.
    """
    return [path for path in paths if _altered(path)]


def _altered(path: Path) -> bool:
    try:
        file, record = path.stat(), records(path)[0].stat()
    except OSError:
        return False
    try:
        expected = read_record(path)
    except ValueError:
        return True
    if expected is None:
        return False
    if file.st_size != expected["bytes"]:
        return True
    return file.st_mtime_ns > record.st_mtime_ns and sha256(path) != expected["sha256"]


def _record(path: Path, rows: int | None, columns: Iterable[str]) -> Record:
    found: Record = {
        "sha256": sha256(path),
        "bytes": path.stat().st_size,
        "made_by": MADE_BY.get() or "",
    }
    return found if rows is None else {**found, "rows": rows, "columns": list(columns)}


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_text(path: Path | str, text: str) -> None:
    """Write UTF-8 text atomically, with the same newlines on every platform."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path | str, value: Any) -> None:
    """Write `value` atomically as indented JSON in the order of its keys."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def unwritable(folder: Path) -> str | None:
    """Create a folder if necessary. Why no file can be created in it; None if one can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        return error.strerror
    return None
