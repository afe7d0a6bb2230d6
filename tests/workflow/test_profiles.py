"""Profiles: each key does what it says, given as the pages give it."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from .conftest import TINY, environment

PARSE = """
import json, sys
from snakemake.cli import parse_args
_, found = parse_args(sys.argv[1:])

def text(value):
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return str(vars(value) if type(value).__name__ == "MaxJobsPerTimespan" else value)

print(json.dumps({key: text(value) for key, value in vars(found).items()}))
"""
QSUB = """\
#!/bin/sh
# Stands in for PBS: runs the job at once.
for script; do :; done
echo "$PWD $*" >>"$CALLS"
sh "$script" >"$CALLS.log" 2>&1
echo 1.server
"""
QSTAT = """\
#!/bin/sh
echo "    job_state = C"
echo "    exit_status = 0"
"""


def parsed(repository, profile):
    """What Snakemake makes of `--workflow-profile profiles/...`: its settings as texts."""
    command = [sys.executable, "-c", PARSE, "--workflow-profile", f"profiles/{profile}"]
    done = subprocess.run(
        command, cwd=repository, env=environment(), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("profile", ["default", "slurm", "cluster-generic"])
def test_each_key_of_a_profile_takes_effect(repository, profile):
    """`profiles/default` would win over one that is given by `--profile`."""
    keys = yaml.safe_load((repository / f"profiles/{profile}/config.yaml").read_text())
    found = parsed(repository, profile)
    for key, value in keys.items():
        if key.startswith("__"):
            continue
        there = found[key.replace("-", "_")]
        if value == "all":
            assert int(there) >= 1
        elif isinstance(value, list):
            assert there == sorted(value)
        elif str(value).startswith("?"):
            path = repository / re.search(r'"(profiles/[^"]+)"', value)[1]
            assert there.split()[0] == str(path)
            assert path.stat().st_mode & 0o100
        else:
            assert there in (str(value), f"{value}.0")


def test_pages_and_files_give_profiles_as_workflow_profiles(repository):
    listed = subprocess.run(
        ["git", "grep", "-nE", "--", r"--profile[ =]", "*.md", "*.yaml", "profiles", "Makefile"],
        cwd=repository, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert listed.stdout == ""


def test_the_generic_profile_submits_jobs_of_another_folder(small, monkeypatch):
    """One job goes to the cluster; the tiny rules run here."""
    bin_ = small.folder / "bin"
    bin_.mkdir()
    for name, text in (("qsub", QSUB), ("qstat", QSTAT)):
        (bin_ / name).write_text(text)
        (bin_ / name).chmod(0o755)
    calls = small.folder / "calls"
    monkeypatch.setenv("CALLS", str(calls))
    monkeypatch.setenv("PATH", f"{bin_}:{environment()['PATH']}")
    other = small.folder / "other"
    (other / "config").mkdir(parents=True)
    for name in ("config.yaml", "datasets.yaml", "experiments"):
        (other / "config" / name).symlink_to(small.folder / "config" / name)
    (other / "tests").symlink_to(small.folder / "tests")
    small.run(
        *("--directory", "other", "--workflow-profile", "profiles/cluster-generic"),
        *("--until", "train", "--config", "experiments=[pair]", "seeds=2"),
        *("--latency-wait", "5"), *TINY,
    )  # fmt: skip
    submitted = calls.read_text().splitlines()
    assert len(submitted) == len(list(other.glob("results/runs/*/*.parquet"))) > 0
    assert all(line.startswith(f"{other} ") for line in submitted)
