"""How `snakemake --logger overfit` shows a run: a bar with the time left, verdicts, and errors.

Without a terminal, a line each time another tenth of the work is done. Snakemake finds the plugin
by the name of this package.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Callable
from logging import ERROR, WARNING, LogRecord
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

TRAINS = ("train", "train_recording", "search_trials")
VERDICTS = {
    "supported": "green",
    "negligible": "blue",
    "contradicted": "red",
    "inconclusive": "yellow",
}
TOLD = ("Exiting because a job execution failed", "Shutting down, this might take some time")
"""What a failed job has said already."""


class LogHandler(LogHandlerBase):
    """Shows what a run does.

    The workflow tells in a record what it knows about jobs, by job id: `seconds`, the estimated
    core-seconds with which a job counts, else it counts with 1; and `experiments`, their names.
    """

    def __post_init__(self) -> None:
        self.console = Console(stderr=not self.common_settings.stdout, highlight=False,
                               no_color=self.common_settings.nocolor or None)  # fmt: skip
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}  {task.percentage:.0f} %  {task.fields[clock]}"),
            console=self.console,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self.jobs: dict[int, dict[str, Any]] = {}
        self.seconds: dict[int, float] = {}
        self.experiments: dict[int, str] = {}
        self.todo: dict[str, int] = {}
        self.finished: Counter[str] = Counter()
        self.failed: set[int] = set()
        self.work = self.done = 0.0
        self.started = time.monotonic()
        self.shown = 0

    writes_to_stream = True
    has_filter = has_formatter = True
    writes_to_file = needs_rulegraph = False

    def emit(self, record: LogRecord) -> None:
        """Show a record, unless it is of no interest."""
        event, told = getattr(record, "event", None), vars(record)
        handlers: dict[Any, Callable[[dict[str, Any]], None]] = {
            LogEvent.RUN_INFO: self._planned,
            LogEvent.JOB_INFO: self._started,
            LogEvent.JOB_FINISHED: self._finished,
            LogEvent.JOB_ERROR: self._failed,
            LogEvent.GROUP_ERROR: self._failed,
        }
        if "seconds" in told:
            self.seconds, self.experiments = told["seconds"], told["experiments"]
            self.work = sum(self.seconds.values())
        if event in handlers:
            handlers[event](told)
        elif event is None and not self.common_settings.dryrun:
            self._said(record)
        elif event is None and (record.levelno >= WARNING or "plan" in told):
            self._print(record.getMessage())

    def close(self) -> None:
        """End the bar, so that the terminal is as it was."""
        self.bar.stop()
        super().close()

    def _planned(self, told: dict[str, Any]) -> None:
        self.todo = told["stats"]
        if self.common_settings.dryrun:
            self._print(told["msg"])

    def _started(self, told: dict[str, Any]) -> None:
        self.jobs[told["jobid"]] = told
        if not self.common_settings.dryrun:
            self._show(self._about(told))

    def _about(self, job: dict[str, Any]) -> str:
        """The experiment of a job, or what a job does that is for all of them."""
        return self.experiments.get(job["jobid"]) or job["rule_msg"] or str(job["rule_name"])

    def _finished(self, told: dict[str, Any]) -> None:
        number = told["job_id"]
        job = self.jobs.pop(number, None)
        if job is None:
            return
        self.finished[job["rule_name"]] += 1
        self.done += self._weight(number)
        for file in map(Path, job["output"]):
            if file.name == "claims.csv" and job["rule_name"] != "all_claims":
                self._verdicts(file)
        self._show(self._about(job))

    def _weight(self, number: int) -> float:
        return self.seconds.get(number, 1.0) if self.seconds else 1.0

    def _verdicts(self, file: Path) -> None:
        """A line with the verdicts of an experiment."""
        try:
            with file.open(encoding="utf-8", newline="") as lines:
                counts = Counter(row["verdict"] for row in csv.DictReader(lines))
        except (OSError, KeyError, ValueError):
            return  # the next job that reads it says what is wrong
        said = [(f"{counts[name]} {name}", VERDICTS[name]) for name in VERDICTS if counts[name]]
        line = Text.assemble(("✓ ", "green"), (f"{file.parent.name}: ", "bold"))
        self._print(line.append(Text(", ").join(Text(*one) for one in said or [("no claims", "")])))

    def _failed(self, told: dict[str, Any]) -> None:
        """The job and its log, once."""
        number = told.get("jobid", -1)
        if number in self.failed:
            return
        self.failed.add(number)
        what = told.get("rule_msg") or told.get("rule_name") or "a group of jobs"
        logs = ", ".join([*(told.get("log") or ()), *(told.get("aux_logs") or ())])
        self._print(Text(f"✗ {what}" + (f": see {logs}" if logs else ""), "red"))

    def _said(self, record: LogRecord) -> None:
        text = record.getMessage().strip()
        if record.levelno >= ERROR or (record.levelno >= WARNING and text):
            if not text.startswith(TOLD):
                self._print(text)
        elif text.startswith("Nothing to be done"):
            self._print("Nothing to be done: all results are up to date.")

    def _print(self, text: str | Text) -> None:
        self.console.print(text, soft_wrap=True)

    def _show(self, now: str) -> None:
        """Update the bar, or print a line if there is no terminal and another tenth is done."""
        total = self.work or self.todo.get("total", 1)
        share = min(1.0, self.done / total)
        trainings = sum(self.todo.get(rule, 0) for rule in TRAINS)
        trained = sum(self.finished[rule] for rule in TRAINS)
        count = (
            f"{trained}/{trainings} trainings" if trainings else f"{sum(self.finished.values())}"
        )
        passed = time.monotonic() - self.started
        left = passed * (1 - share) / share if share > 0.01 else None
        if self.console.is_terminal:
            clock = f"{_clock(passed)} left {_clock(left) if left is not None else '–'}"
            if not self.bar.tasks:
                self.bar.add_task("", total=1.0, count="", clock="")
                self.bar.start()
            width = max(12, self.console.width - 62)
            about = now.ljust(width) if len(now) <= width else f"{now[: width - 1]}…"
            self.bar.update(self.bar.tasks[0].id, completed=share, description=about,
                            count=count, clock=clock)  # fmt: skip
        elif (tenth := int(10 * share + 1e-9)) > self.shown:
            self.shown = tenth
            rest = f", about {_words(left)} left" if left is not None and left >= 1 else ""
            self._print(f"{100 * share:.0f} %, {count}, {_words(passed)}{rest}")


def _clock(seconds: float) -> str:
    """`3:10`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _words(seconds: float) -> str:
    """`12 s`, `4 min`."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
