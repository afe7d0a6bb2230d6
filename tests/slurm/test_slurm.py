"""profiles/slurm on a real Slurm: the same bytes, whatever happens to its jobs and nodes."""

import os
import subprocess

import pytest

from .conftest import TINY, histories, printed, start, tables, wait_for

pytestmark = [pytest.mark.slurm, pytest.mark.xdist_group("slurm")]


def finish(driver, project):
    assert driver.wait(timeout=300) == 0, printed(project)


def same_histories(project, tiny, wanted):
    found = histories(project)
    assert {f"results/{path}" for path in found} == set(wanted)
    assert found.items() <= histories(tiny).items()


def test_the_same_bytes_as_without_slurm(slurm, tiny, project):
    finish(start(project), project)
    assert tables(project) == tables(tiny)
    jobs = slurm.jobs(project)
    assert {job.state for job in jobs} == {"COMPLETED"}
    rules = [job.comment.split("_wildcards")[0] for job in jobs]
    assert sorted(rules) == ["rule_figure", "rule_summarize", *["rule_train"] * 4]


def test_a_cancelled_job_is_submitted_again(slurm, tiny, project, wanted):
    driver = start(project, *wanted)
    wait_for(lambda: slurm.running(project))
    subprocess.run(["scancel", slurm.running(project)[0].id], check=True)
    finish(driver, project)
    same_histories(project, tiny, wanted)
    assert sorted(job.state for job in slurm.jobs(project)) == ["CANCELLED", *["COMPLETED"] * 2]


def test_a_job_that_takes_too_much_memory_is_given_more(slurm, tiny, project, wanted):
    driver = start(project, wanted[0], "--set-resources", "train:mem_mb=100*attempt**3")
    finish(driver, project)
    same_histories(project, tiny, wanted[:1])
    killed, second = slurm.jobs(project)
    assert killed.memory == "100M"
    assert killed.state in {"OUT_OF_MEMORY", "FAILED"}
    assert (second.memory, second.state) == ("800M", "COMPLETED")


def test_a_lost_node_costs_nothing_but_time(slurm, tiny, project, wanted):
    driver = start(project, *wanted)
    wait_for(lambda: slurm.running(project))
    job = slurm.running(project)[0]
    slurm.kill_node(job.nodes)
    try:
        finish(driver, project)
    finally:
        slurm.up()
    same_histories(project, tiny, wanted)
    states = [job.state for job in slurm.jobs(project)]
    assert {"NODE_FAIL", "FAILED"} & set(states)
    assert states.count("COMPLETED") == len(wanted)


def test_the_driver_killed_and_started_again_repeats_nothing_that_was_done(
    slurm, tiny, project, wanted
):
    """Two blocks are trained, two are running when the driver dies; the helper cancels these."""
    project.run(*wanted, "--cores", "2", *TINY)
    others = sorted(f"results/{p}" for p in histories(tiny) if f"results/{p}" not in wanted)
    driver = start(project, *wanted, *others)
    wait_for(lambda: len(slurm.running(project)) == 2)
    driver.kill()
    driver.wait()
    subprocess.run(["profiles/slurm/cancel-leftovers"], cwd=project.folder, check=True)
    assert not slurm.running(project)
    before = {path: os.stat(project.folder / path).st_mtime_ns for path in wanted}
    finish(start(project, *wanted, *others), project)
    assert before == {path: os.stat(project.folder / path).st_mtime_ns for path in wanted}
    assert [job.state for job in slurm.jobs(project)] == ["CANCELLED"] * 2 + ["COMPLETED"] * 2
    assert histories(project) == histories(tiny)


def test_a_run_that_always_fails_leaves_the_others_and_is_reported(slurm, tiny, project, wanted):
    """The training set of the second block is damaged, so that its two jobs can't succeed.

    Its size and time are those of its record, so only the jobs that read it notice.
    """
    subsets = [path.relative_to(tiny.folder) for path in tiny.folder.glob("results/subsets/*/*")]
    project.run(*map(str, subsets), "--cores", "2", *TINY)
    [damaged] = [project.folder / path for path in subsets if path.name == "0002-0003.npz"]
    time = damaged.stat().st_mtime_ns
    damaged.write_bytes(damaged.read_bytes()[:-100] + bytes(100))
    os.utime(damaged, ns=(time, time))
    driver = start(project, "--retries", "0")
    assert driver.wait(timeout=300) == 1
    same_histories(project, tiny, wanted)
    page = (project.folder / "results/report-incomplete.html").read_text()
    assert page.count("0002-0003.npz is damaged") == 2
    assert "0002-0003.npz is damaged" in printed(project)
    damaged.unlink()
    project.run("--cores", "2", *TINY)
    assert tables(project) == tables(tiny)
    assert not (project.folder / "results/report-incomplete.html").exists()


def test_the_generic_profile_speaks_to_pbs(slurm, tiny, project, wanted):
    """By the qsub and qstat that Slurm has for those who come from PBS."""
    finish(start(project, wanted[0], profile="cluster-generic"), project)
    same_histories(project, tiny, wanted[:1])
    [job] = slurm.jobs(project)
    assert job.state == "COMPLETED"
    assert int(job.memory.rstrip("M")) > 500
