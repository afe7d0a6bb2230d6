"""No room, no permission, no memory, no file handles."""

import os
import resource
import subprocess

import pytest

from ..workflow.conftest import environment
from .conftest import AGAIN, RUN, made, temporaries

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


@pytest.fixture
def mounted(project):
    """Results on a file system of their own, 3 MB: the images alone take 3.9."""
    if os.getuid() != 0:
        if os.getenv("CI"):
            pytest.fail("mounting a small file system needs root")
        pytest.skip("mounting a small file system needs root")
    results = project.folder / "results"
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(results)]
    subprocess.run(mount, check=True)
    yield results
    subprocess.run(["umount", str(results)], check=True)


def remount(results, options):
    subprocess.run(["mount", "-o", f"remount,{options}", str(results)], check=True)


def limited(project, kind, limit, *arguments):
    """Run Snakemake under a limit of the operating system; give its exit status and output."""
    done = subprocess.run(
        project.command(*arguments, *RUN),
        cwd=project.folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        preexec_fn=lambda: resource.setrlimit(kind, (limit, limit)),
    )
    return done.returncode, done.stdout


def test_a_full_disk_is_named_and_nothing_half_written_stays(tiny, project, mounted):
    refused = project.run(*AGAIN, ok=False)
    assert "No space left on device" in refused
    assert not temporaries(project)
    remount(mounted, "size=200m")
    project.run(*AGAIN)
    assert made(project) == made(tiny)


def test_results_that_cannot_be_written_are_named(tiny, project, mounted):
    remount(mounted, "size=200m,ro")
    refused = project.run(*AGAIN, ok=False)
    assert "results/ can't be written" in refused
    assert "Read-only file system" in refused
    assert "Traceback" not in refused
    remount(mounted, "rw")
    project.run(*AGAIN)
    assert made(project) == made(tiny)


def test_a_job_without_memory_fails_alone_and_says_so(tiny, project):
    """A network of 3 GB among small ones, where 2.5 GB can be had."""
    experiment = project.folder / "config/experiments/pair.yaml"
    text = experiment.read_text()
    huge = "variants:\n  huge: {model: {hidden: [10000, 10000, 10000, 10000, 10000, 10000]}}\n"
    experiment.write_text(text.replace("variants:\n", huge, 1))
    overlay = project.folder / "tests/tiny.yaml"
    overlay.write_text(overlay.read_text().replace("  model: {hidden: [20, 20]}\n", ""))
    status, printed = limited(project, resource.RLIMIT_AS, 2_500_000_000)
    assert status == 1
    assert "MemoryError" in printed
    assert "Unable to allocate" in printed
    trained = list(project.folder.glob("results/runs/*/*.parquet"))
    assert len(trained) == 4
    assert not temporaries(project)


def test_without_file_handles_it_ends_with_a_message(tiny, project):
    status, printed = limited(project, resource.RLIMIT_NOFILE, 12)
    assert status != 0
    assert "Too many open files" in printed
    project.run(*AGAIN)
    assert made(project) == made(tiny)
