"""Where results are, and that files appear whole or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from overfit.results import Results, atomic, remove_left_behind, temporaries_below, write_text

KILLED_WHILE_WRITING = """
import os, signal, sys
from overfit.results import atomic
with atomic(sys.argv[1]) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_failed_write_leaves_the_old_file(tmp_path):
    write_text(tmp_path / "a.csv", "old")

    def fail():
        with atomic(tmp_path / "a.csv") as temporary:
            temporary.write_text("half")
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "old"


def test_what_a_killed_process_left_goes_with_the_next_write(tmp_path):
    """And nothing else goes: not the temporary file of a neighbour with a longer name."""
    path = tmp_path / "0000.parquet"
    neighbour = ".0000.probes.4711.part.parquet"
    (tmp_path / neighbour).touch()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_WRITING, str(path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(names(tmp_path)) == 2
    write_text(path, "whole")
    assert names(tmp_path) == sorted([neighbour, path.name])
    assert path.read_text() == "whole"


WRITES_FOR_EVER = """
import sys, time
from overfit.results import atomic
with atomic(sys.argv[1]) as temporary:
    temporary.write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_leaves_the_first_one_alone(tmp_path):
    path = tmp_path / "0000.parquet"
    first = subprocess.Popen(
        [sys.executable, "-c", WRITES_FOR_EVER, str(path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
    )
    assert first.stdout.readline() == b"writing\n"
    write_text(path, "whole")
    assert len(temporaries_below(tmp_path)) == 1
    first.kill()
    first.wait()
    first.stdout.close()
    remove_left_behind(temporaries_below(tmp_path))
    assert names(tmp_path) == [path.name]


def test_the_histories_that_exist_are_found_and_nothing_else(tmp_path):
    results = Results(tmp_path)
    assert results.blocks("run") == results.histories() == []
    folder = results.history("run", "").parent
    folder.mkdir(parents=True)
    for name in (
        "0004-0007.parquet", "0000-0003.parquet", "0000-0003.probes.parquet", "0000-0003.npz",
        ".0008-0009.77.part.parquet",
    ):  # fmt: skip
        (folder / name).touch()
    assert results.blocks("run") == ["0000-0003", "0004-0007"]
    assert results.histories() == [results.history("run", block) for block in results.blocks("run")]


def test_a_name_with_dots_keeps_them_in_its_log():
    assert Results(Path("r")).log("train", "lr0.1", "0000-0001").as_posix() == (
        "r/logs/train/lr0.1/0000-0001.log"
    )
    assert Results(Path("r")).benchmark("dataset", "a.b").name == "a.b.tsv"
