"""The origin of the numbers: code, machine, seeds, time; also as an RO-Crate."""

from __future__ import annotations

import csv
import json
import os
import platform
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter, ValidationError
from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

import overfit
from overfit.config.experiment import Experiment
from overfit.data.checked import DamagedError, content
from overfit.jobs import blas
from overfit.results import Job, Record, Results, sha256

UNKNOWN: Literal["unknown"] = "unknown"
COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


class Code(TypedDict):
    """The code that ran."""

    version: str
    """Version of overfit."""
    commit: str
    """The commit that is checked out, or `unknown: ` and what Git says."""
    dirty: bool | Literal["unknown"]
    """Whether tracked files differ from it, or files are untracked that Git does not ignore."""
    python: str
    """Version of Python."""
    packages: dict[str, str | None]
    """Versions of the dependencies named in pyproject.toml; null if not installed."""


class Machine(TypedDict):
    """The machine that wrote the provenance; on a cluster, training ran elsewhere."""

    system: str
    """Operating system and its release."""
    cpu: str
    """The processor's model."""
    cores: int | None
    """Logical processors."""
    memory_mb: int
    """Main memory."""
    blas: str
    """The BLAS library that NumPy uses here, and its version."""
    kernel: str
    """The kernel that it chose."""


class Seeds(TypedDict):
    """The seeds of all random numbers."""

    root: int
    """The root of every random stream."""
    experiments: dict[str, int]
    """Seeds of each experiment, counted from 0."""


class Work(TypedDict):
    """The amount of training."""

    runs: int
    """Distinct runs: configurations that were trained."""
    searches: int
    """Distinct searches."""
    blocks: int
    """Blocks of seeds or trials, one job each."""


class Time(TypedDict):
    """The time, from the existing benchmark files (files of old jobs remain)."""

    compute_seconds: float
    """The sum of the wall times of all jobs."""
    by_rule: dict[str, float]
    """The same per rule."""
    started: str | None
    """When the first job started, UTC, to the second."""
    finished: str | None
    """When the last job ended."""
    span_seconds: float
    """The time between them, including pauses."""


class Provenance(TypedDict):
    """Content of results/provenance.json."""

    code: Code
    inputs: dict[str, str]
    """SHA-256 of each source file of the results, by its path from the project's folder.

    They were read when the workflow planned its jobs. If it runs elsewhere, files outside of that
    folder have their path from there.
    """
    changed: list[str]
    """The sources that were different, or gone, when the provenance was written."""
    environment: dict[str, str]
    """Environment variables that affect how NumPy computes."""
    machine: Machine
    training: list[dict[str, Any]]
    """Distinct environments that trained: kernel, blas, cpu, numpy, and the number of blocks."""
    seeds: Seeds
    work: Work
    time: Time
    config: dict[str, Any]
    """The configuration as Snakemake resolved it."""


def read_provenance(path: Path) -> Provenance:
    """Read results/provenance.json.

    Raises:
        FileNotFoundError: the file is missing.
        DamagedError: it is damaged.
    """
    try:
        return TypeAdapter(Provenance).validate_json(content(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise DamagedError(path, ": ".join([*map(str, first["loc"]), first["msg"]])) from None


def collect(
    *,
    root: Path,
    results: Results,
    experiments: Sequence[Experiment],
    inputs: Mapping[str, str],
    jobs: Sequence[Job],
    root_seed: int,
    config: Mapping[str, Any],
) -> Provenance:
    """Collect the provenance of a study's results.

    Args:
        root: The project's folder, with pyproject.toml.
        results: The results.
        experiments: The experiments.
        inputs: the SHA-256 of code, configuration and other sources of the results, by path.
        jobs: the jobs that trained runs and trials. The metadata of each history contain the
            machine that trained it, under the key "overfit". Snakemake's benchmark files contain
            its time; their modification times are its end. Missing benchmark files are left out.
        root_seed: The root of every random stream.
        config: The configuration as Snakemake resolved it.
    """
    here = blas.describe()
    commit, dirty = _git(root)
    return {
        "code": {
            "version": overfit.__version__,
            "commit": commit,
            "dirty": dirty,
            "python": platform.python_version(),
            "packages": _packages(root / "pyproject.toml"),
        },
        "inputs": dict(inputs),
        "changed": [name for name, digest in inputs.items() if digest not in _now(root, name)],
        "environment": {
            name: value
            for name, value in sorted(os.environ.items())
            if name.startswith(("OPENBLAS_", "OMP_", "MKL_", "BLIS_", "VECLIB_"))
        },
        "machine": {
            "system": f"{platform.system()} {platform.release()}",
            "cpu": here["cpu"],
            "cores": os.cpu_count(),
            "memory_mb": psutil.virtual_memory().total // 1_000_000,
            "blas": here["blas"],
            "kernel": here["kernel"],
        },
        "training": _training(_histories(jobs, results)),
        "seeds": {
            "root": root_seed,
            "experiments": {one.name: one.seeds for one in experiments},
        },
        "work": {
            "runs": len({job.names[0] for job in jobs if job.rule == "train"}),
            "searches": len({job.names[:2] for job in jobs if job.rule == "search_trials"}),
            "blocks": len(jobs),
        },
        "time": _time(jobs, results),
        "config": dict(config),
    }


def _now(root: Path, name: str) -> list[str]:
    """The SHA-256 of a source now: from the project's folder, or from where the workflow runs."""
    return [sha256(path) for path in (root / name, Path(name)) if path.is_file()]


def _git(root: Path) -> tuple[str, bool | Literal["unknown"]]:
    """The commit and whether the working tree differs from it, or why Git doesn't know.

    A copy of the project inside another repository is not tracked.

    An archive, such as a downloaded ZIP or a checkout of `workflow/rules/checkout.smk`, has its
    commit in a file, because of .gitattributes. Nobody knows whether it was edited since.
    """
    archived = root / ".commit"
    if archived.is_file() and COMMIT.fullmatch(found := archived.read_text("ascii").strip()):
        return found, UNKNOWN
    git = shutil.which("git")
    if git is None:
        return f"{UNKNOWN}: Git is not installed", UNKNOWN

    def ask(*arguments: str) -> str:
        return subprocess.run(  # noqa: S603
            [git, "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            check=True,
            env={**os.environ, "LC_ALL": "C"},
        ).stdout.strip()

    dirty: bool | Literal["unknown"] = UNKNOWN
    try:
        ask("ls-files", "--error-unmatch", "pyproject.toml")
        dirty = ask("status", "--porcelain", "--", ".") != ""
        return ask("rev-parse", "--verify", "HEAD"), dirty
    except subprocess.CalledProcessError as error:
        said = [*error.stderr.strip().splitlines(), f"it ended with {error.returncode}"][0]
        return f"{UNKNOWN}: {said.partition(': ')[2] or said}", dirty


def _packages(pyproject: Path) -> dict[str, str | None]:
    declared = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    names = (re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0] for requirement in declared)
    return {name: _version(name) for name in sorted(names)}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _training(histories: Iterable[Path]) -> list[dict[str, Any]]:
    environments = Counter(_environment(path) for path in histories)
    return [{**json.loads(text), "blocks": blocks} for text, blocks in sorted(environments.items())]


def _environment(history: Path) -> str:
    """The environment that trained a block, as JSON; empty if the block is damaged."""
    try:
        metadata = pq.read_schema(history).metadata or {}
        return json.dumps(json.loads(metadata.get(b"overfit", b"{}")), sort_keys=True)
    except (OSError, ValueError, pa.ArrowException):
        return "{}"


def _histories(jobs: Sequence[Job], results: Results) -> list[Path]:
    """The files written by jobs that train runs or trials."""
    return [
        results.history(*job.names) if job.rule == "train" else results.trials(*job.names)
        for job in jobs
    ]


def _time(jobs: Sequence[Job], results: Results) -> Time:
    by_rule: dict[str, float] = {}
    starts: list[float] = []
    ends: list[float] = []
    for job in jobs:
        path = results.benchmark(job.rule, *job.names)
        if (time := seconds(path)) is None:
            continue
        by_rule[job.rule] = by_rule.get(job.rule, 0.0) + time
        ends.append(path.stat().st_mtime)
        starts.append(ends[-1] - time)
    return {
        "compute_seconds": round(sum(by_rule.values()), 3),
        "by_rule": {rule: round(time, 3) for rule, time in sorted(by_rule.items())},
        "started": _stamp(min(starts)) if starts else None,
        "finished": _stamp(max(ends)) if ends else None,
        "span_seconds": round(max(ends) - min(starts), 3) if starts else 0.0,
    }


def seconds(benchmark: Path) -> float | None:
    """The wall time of a job by Snakemake's file, if it exists and is whole."""
    try:
        with open(benchmark, encoding="utf-8", newline="") as lines:
            return sum(float(row["s"]) for row in csv.DictReader(lines, delimiter="\t"))
    except (OSError, KeyError, TypeError, ValueError):
        return None


def _stamp(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds")


PROFILE = "https://w3id.org/ro/wfrun/process/0.5"


def crate(provenance: Provenance, results: Results, files: Mapping[Path, Record]) -> dict[str, Any]:
    """The content of `ro-crate-metadata.json`.

    Args:
        provenance: what `collect` returned.
        results: the results, whose folder is the crate.
        files: its files, with what their jobs recorded.
    """
    made = ROCrate()
    made.name = "overfit: results"
    made.description = "Histories, tables, figures, verdicts and report of a study of overfitting"
    made.license = "https://spdx.org/licenses/MIT"
    made.datePublished = provenance["time"]["finished"]
    made.root_dataset["conformsTo"] = {"@id": PROFILE}
    listed = [
        made.add_file(
            path,
            dest_path=results.named(path),
            properties={"sha256": record["sha256"], "contentSize": record["bytes"]},
        )
        for path, record in sorted(files.items())
    ]
    inputs = [
        _entity(made, f"#input/{name}", "CreativeWork", name=name, sha256=digest)
        for name, digest in provenance["inputs"].items()
    ]
    code = provenance["code"]
    versions = {"overfit": code["version"], "Python": code["python"], **code["packages"]}
    software = [
        _entity(
            made, f"#software/{name}", "SoftwareApplication", name=name, softwareVersion=version
        )
        for name, version in versions.items()
        if version
    ]
    machine = provenance["machine"]
    made.root_dataset["mentions"] = _entity(
        made,
        "#run",
        "CreateAction",
        name="The workflow",
        description=f"commit {code['commit']}; {machine['cpu']}, {machine['cores']} "
        f"logical processors, {machine['memory_mb']} MB; {machine['system']}; "
        f"{machine['blas']}, kernel {machine['kernel']}",
        startTime=provenance["time"]["started"],
        endTime=provenance["time"]["finished"],
        object=[{"@id": one.id} for one in inputs],
        instrument=[{"@id": one.id} for one in software],
        result=[{"@id": one.id} for one in listed],
    )
    return dict(made.metadata.generate())


def _entity(made: ROCrate, identifier: str, kind: str, **properties: Any) -> Any:
    """An entity that is not a file, added to the crate."""
    return made.add(ContextEntity(made, identifier, properties={"@type": kind, **properties}))
