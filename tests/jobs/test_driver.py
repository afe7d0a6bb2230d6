import json
import subprocess
import sys

import pytest

from overfit.jobs import driver


@pytest.fixture
def locked(tmp_path):
    locks = tmp_path / driver.LOCKS
    locks.mkdir(parents=True)
    (locks / "0.input.lock").write_text("results/report.html")
    return tmp_path


def is_locked(folder):
    return any((folder / driver.LOCKS).iterdir())


def test_the_lock_of_a_living_driver_stays(locked):
    driver.record_driver(locked)
    assert not driver.release_stale_lock(locked)
    assert is_locked(locked)


def ended(function, folder):
    """Call a function of the driver in a process that then ends."""
    code = f"from pathlib import Path; from overfit.jobs.driver import {function} as f; f(Path())"
    environment = {"PYTHONPATH": str(driver.__file__).rsplit("/overfit/", 1)[0]}
    subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, check=True)


def test_the_lock_of_a_dead_driver_goes(locked):
    ended("record_driver", locked)
    assert driver.release_stale_lock(locked)
    assert not is_locked(locked)


def test_a_driver_that_dies_before_it_starts_leaves_no_lock_for_ever(tmp_path):
    ended("before_locking", tmp_path)
    locks = tmp_path / driver.LOCKS
    locks.mkdir(parents=True)
    (locks / "0.input.lock").write_text("results/report.html")
    driver.before_locking(tmp_path)
    assert not is_locked(tmp_path)


def test_a_second_driver_does_not_record_itself_over_the_first(locked):
    driver.record_driver(locked)
    ended("before_locking", locked)
    assert not driver.release_stale_lock(locked)
    assert is_locked(locked)


def test_a_process_that_inherited_the_number_is_another_process(locked):
    driver.record_driver(locked)
    record = json.loads((locked / driver.RECORD).read_text())
    (locked / driver.RECORD).write_text(json.dumps({**record, "started": record["started"] - 60}))
    assert driver.release_stale_lock(locked)


@pytest.mark.parametrize("change", [{"host": "elsewhere"}, None], ids=["other host", "unknown"])
def test_a_lock_whose_owner_cannot_be_seen_stays(locked, change):
    driver.record_driver(locked)
    if change is None:
        (locked / driver.RECORD).unlink()
    else:
        record = json.loads((locked / driver.RECORD).read_text())
        (locked / driver.RECORD).write_text(json.dumps({**record, **change, "pid": 2**22 + 1}))
    assert not driver.release_stale_lock(locked)
    assert is_locked(locked)
