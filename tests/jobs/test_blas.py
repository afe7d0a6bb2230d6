import json
import os
import platform
import subprocess
import sys

import pytest

from overfit.jobs import blas

CPUINFO = """processor\t: 0
vendor_id\t: {vendor}
model name\t: A CPU
flags\t\t: fpu {flags}

processor\t: 1
vendor_id\t: other
"""
AVX512 = "avx512f avx512bw avx512cd avx512dq avx512vl"


@pytest.mark.parametrize(
    ("vendor", "flags", "kernel"),
    [
        ("AuthenticAMD", AVX512, "SkylakeX"),
        ("AuthenticAMD", "avx2", None),
        ("GenuineIntel", AVX512, None),
    ],
)
def test_the_kernel_is_chosen_by_the_cpus_flags(tmp_path, vendor, flags, kernel):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(CPUINFO.format(vendor=vendor, flags=flags))
    assert blas.preferred_kernel(blas.cpu_vendor_and_flags(cpuinfo)) == kernel
    assert blas.cpu_model(cpuinfo) == "A CPU"


def test_a_system_without_cpuinfo_leaves_the_choice_to_openblas(tmp_path):
    assert blas.preferred_kernel(blas.cpu_vendor_and_flags(tmp_path / "none")) is None


def test_it_refuses_to_come_too_late():
    import numpy  # noqa: F401

    with pytest.raises(RuntimeError, match="before NumPy is imported"):
        blas.configure("Nehalem")


def test_what_is_set_already_can_be_asked_for_again(monkeypatch):
    """As in a job that is forked from a process that has loaded NumPy."""
    import numpy  # noqa: F401

    for name, value in {**dict.fromkeys(blas.THREADS, "1"), "OPENBLAS_CORETYPE": "Zen"}.items():
        monkeypatch.setenv(name, value)
    blas.configure("Zen")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with pytest.raises(RuntimeError, match="before NumPy is imported"):
        blas.configure("Zen")


def test_numpys_own_library_is_described(repository):
    """Whichever other BLAS has been loaded."""
    code = (
        "from overfit.jobs import blas; import numpy as np, scipy.linalg, threadpoolctl;"
        "print(blas.describe()['blas']);"
        "print([i['version'] for i in threadpoolctl.threadpool_info()"
        " if i['user_api'] == 'blas' and 'numpy' in i['filepath']])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repository / "workflow",
        check=True,
        capture_output=True,
        text=True,
    )
    described, versions = done.stdout.splitlines()
    assert versions == "[]" or described.split()[-1] in versions


def described(repository, kernel, **variables):
    """What a fresh process computes with after `configure(kernel)`."""
    code = (
        f"from overfit.jobs import blas; blas.configure({kernel!r}); import json;"
        "print(json.dumps(blas.describe()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repository / "workflow",
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="the kernels' names are x86's")


@x86
def test_a_wish_is_granted(repository):
    """For kernels that every x86-64 build of OpenBLAS has."""
    assert described(repository, "Haswell")["kernel"] == "Haswell"
    assert described(repository, "Haswell", OPENBLAS_CORETYPE="Sandybridge")["kernel"] == "Haswell"


@x86
def test_the_environment_decides_when_it_is_to_be_inherited(repository):
    found = described(repository, "inherit", OPENBLAS_CORETYPE="Sandybridge")
    assert found["kernel"] == "Sandybridge"


@x86
def test_the_cpu_decides_against_an_environment_that_does_not_know_it(repository):
    preferred = blas.preferred_kernel(blas.cpu_vendor_and_flags())
    found = described(repository, "auto", OPENBLAS_CORETYPE="Haswell")
    assert found["kernel"] == (preferred or "Haswell")
