"""`snakemake --logger overfit`: what a run shows, with and without a terminal."""

import os
import re
import threading
from pathlib import Path

import pytest

from .conftest import TABLES, TINY, environment
from .warm import snakemake

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def in_terminal(project, *arguments):
    """What Snakemake writes into a terminal of 80 columns, and its exit status."""
    master, slave = os.openpty()
    written = bytearray()

    def read():
        while True:
            try:
                written.extend(os.read(master, 65536))
            except OSError:  # the terminal is closed
                return

    reader = threading.Thread(target=read)
    reader.start()
    told = environment() | {"TERM": "xterm-256color", "COLUMNS": "80"}
    status = snakemake(arguments, project.folder, told, Path(os.ttyname(slave)))
    os.close(slave)
    reader.join(10)
    os.close(master)
    return written.decode(), status


@pytest.fixture
def broken(small):
    """A study of which one figure can't be drawn."""
    kinds = small.folder / "workflow/overfit/figures/kinds"
    drawn = (kinds / "learning_curves.py").read_text()
    broken = drawn.replace(
        "def draw(", "def draw(*_):\n    raise OSError('no ink')\n\n\ndef _draw("
    )
    (kinds / "learning_curves.py").write_text(broken)
    return small


def test_a_terminal_shows_a_bar_then_the_verdicts_and_later_that_all_is_done(small):
    told = (*TABLES, "--cores", "2", "--logger", "overfit", *TINY)
    shown, status = in_terminal(small, *told)
    assert status == 0
    frames = [CONTROL.sub("", frame) for frame in re.split(r"\r|\n", shown)]
    bars = [frame for frame in frames if "trainings" in frame]
    assert re.search(r"0/4 trainings +\d+ % +0:\d\d left", bars[0])
    assert re.search(r"4/4 trainings +100 %", bars[-1])
    assert max(map(len, bars)) <= 80
    assert any(frame.startswith("pair ") for frame in bars)  # the experiment, not a run's name
    assert any(re.match(r"✓ pair: 3 inconclusive", frame) for frame in frames)
    assert "Select jobs" not in shown
    assert "Finished jobid" not in shown

    again = small.run(*told)
    assert "Nothing to be done: all results are up to date." in again
    assert "trainings" not in again


def test_without_a_terminal_there_are_lines_and_a_failure_is_named_once_with_its_log(broken):
    wanted = (*TABLES, "results/experiments/pair/figures/learning_curves.svg")
    shown = broken.run(*wanted, "--cores", "2", "--logger", "overfit", *TINY, ok=False)
    lines = shown.splitlines()
    tenths = [line for line in lines if re.match(r"\d+ %, \d/4 trainings, \d+ s", line)]
    assert 2 <= len(tenths) <= 10
    shares = [int(line.partition(" ")[0]) for line in tenths]
    assert shares == sorted(set(shares))
    (failed,) = (line for line in lines if line.startswith("✗"))
    assert "learning_curves" in failed
    log = broken.folder / failed.partition(": see ")[2]
    assert "no ink" in log.read_text()
    assert "\x1b" not in shown


@pytest.mark.parametrize("logger", [(), ("--logger", "overfit")], ids=["plain", "ours"])
def test_a_dry_run_is_short_and_ends_with_a_table_of_experiments(small, logger):
    shown = small.run("-n", *logger, *TINY)
    lines = shown.splitlines()
    assert len(lines) < 45
    assert re.search(r"^train +4$", shown, re.MULTILINE)
    (head,) = (at for at, line in enumerate(lines) if line.startswith("experiment  "))
    assert lines[head].endswith("runs    jobs to do    about core-minutes")
    told = {line.split()[0]: line.split()[1:] for line in lines[head + 1 :] if line[:1].isalpha()}
    assert told["pair"][0] == "2"
    jobs = {name: int(words[-2]) for name, words in told.items() if words[-1][-1].isdigit()}
    assert jobs.pop("total") == sum(jobs.values())
    assert "--quiet host" in lines[-1] or not lines[-1].strip()
    assert "Drawing" not in shown
    assert "input:" not in shown


def test_a_dry_run_lists_jobs_and_reasons_on_demand(small):
    shown = small.run("-n", "--quiet", "host", *TINY)
    assert "Drawing learning_curves of pair" in shown
    assert "Reason: Missing output files" in shown


def test_plain_snakemake_lists_no_inputs_and_no_selections(small):
    shown = small.run("--cores", "2", "results/datasets/mnist-5k/card.json", *TINY)
    assert "Preparing the dataset mnist-5k" in shown
    assert "Select jobs" not in shown
    assert "input:" not in shown
    assert "SNAKEMAKE" not in shown
