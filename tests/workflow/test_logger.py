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


def test_a_dry_run_is_short(small):
    shown = small.run("-n", "--logger", "overfit", *TINY)
    assert re.search(r"^train +4$", shown, re.MULTILINE)
    assert len(shown.splitlines()) < 40
