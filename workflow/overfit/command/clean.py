"""List the results that no experiment needs any more, with their size; `--delete` deletes them.

They come from settings that have changed, experiments that are gone, and other configuration files:
name with --configfile those whose results you want to keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from overfit.command import parser_of, stop
from overfit.command.studies import add_configfile, study_of
from overfit.config.contract import ContractError
from overfit.config.problems import ConfigurationError
from overfit.jobs.plan import Plan
from overfit.results import RECORD, RESULTS, Job, records

SHOWN = 20
"""The most folders to list."""


def main(arguments: Sequence[str] | None = None) -> int:
    """List what is not needed, and delete it if asked to."""
    parser = parser_of(__name__, __doc__)
    add_configfile(parser)
    parser.add_argument("--delete", action="store_true", help="delete what would be listed")
    asked = parser.parse_args(arguments)
    try:
        plan = Plan(study_of(asked.configfile, every=True))
    except (ConfigurationError, ContractError) as error:
        stop(error)
        return 1
    found = sorted(unneeded(plan))
    size = sum(path.stat().st_size for path in found)
    for line in _by_folder(found):
        print(line)
    if asked.delete:
        _delete(found)
    did = "deleted" if asked.delete else "not needed; delete them: overfit clean --delete"
    print(f"{len(found)} files, {size / 1e6:.1f} MB: {did}" if found else "all results are needed")
    return 0


def unneeded(plan: Plan) -> Iterator[Path]:
    """The files in the folder of results that belong to no job of a plan, with logs and times."""
    needed = {*plan.everything, *records(*plan.everything), RESULTS.incomplete_report}
    needed |= {path for job in plan.jobs for path in _beside(job)}
    beside = {RESULTS.log("manifest"), RESULTS.benchmark("manifest")}
    for path in RESULTS.root.rglob("*"):
        ours = path.parent != RESULTS.root or path.suffix == RECORD
        if path.is_file() and ours and path not in needed and path not in beside:
            yield path


def _beside(job: Job) -> tuple[Path, Path]:
    """The log and the time of a job."""
    return RESULTS.log(job.rule, *job.names), RESULTS.benchmark(job.rule, *job.names)


def _by_folder(files: Iterable[Path]) -> Iterator[str]:
    """A line for each folder, the largest first."""
    sizes: dict[Path, list[int]] = {}
    for path in files:
        sizes.setdefault(path.parent, []).append(path.stat().st_size)
    ranked = sorted(sizes.items(), key=lambda item: (-sum(item[1]), item[0]))
    for folder, of in ranked[:SHOWN]:
        counted = f"{len(of)} {'file' if len(of) == 1 else 'files'}"
        yield f"{sum(of) / 1e6:8.1f} MB  {folder}/ ({counted})"
    if len(ranked) > SHOWN:
        yield f"... and {len(ranked) - SHOWN} more folders"


def _delete(files: Iterable[Path]) -> None:
    """Delete files, and the folders that this leaves empty."""
    for path in files:
        path.unlink()
        for folder in path.parents:
            if folder == RESULTS.root or any(folder.iterdir()):
                break
            folder.rmdir()
