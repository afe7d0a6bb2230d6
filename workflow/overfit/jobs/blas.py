"""The BLAS library: one thread, the right kernel, and a record of both.

This module must run before NumPy is loaded, so it imports only the standard library.
"""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from pathlib import Path

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
SKYLAKE_FLAGS = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}


def configure(kernel: str = "auto") -> None:
    """Set one BLAS thread and choose OpenBLAS's kernel for this machine's CPU, see `settings`.

    Raises:
        RuntimeError: NumPy is already loaded with other settings, so these would have no effect.
    """
    found = settings(kernel)
    if "numpy" in sys.modules and not found.items() <= os.environ.items():
        raise RuntimeError("blas.configure must be called before NumPy is imported")
    os.environ.update(found)


def settings(kernel: str) -> dict[str, str]:
    """The environment variables of a process that computes.

    Snakemake runs jobs in parallel, so a job uses one thread. Some OpenBLAS builds don't recognize
    new AMD CPUs and fall back to their Haswell kernel, at half the speed of the AVX-512 one.

    Args:
        kernel: `auto` chooses by the CPU's flags if OpenBLAS is known to choose badly, even if
            OPENBLAS_CORETYPE is set: an image or a login script can't know the node. `inherit`
            leaves the choice to that variable and to OpenBLAS. Anything else is the name of an
            OpenBLAS core type, such as `Haswell`.
    """
    found = dict.fromkeys(THREADS, "1")
    if kernel == "auto":
        kernel = preferred_kernel(cpu_vendor_and_flags()) or "inherit"
    if kernel != "inherit":
        found["OPENBLAS_CORETYPE"] = kernel
    return found


def preferred_kernel(cpu: tuple[str, frozenset[str]]) -> str | None:
    """OpenBLAS's core type for a CPU's vendor and flags; None leaves the choice to OpenBLAS."""
    vendor, flags = cpu
    if vendor == "AuthenticAMD" and flags >= SKYLAKE_FLAGS:
        return "SkylakeX"
    return None


def cpu_vendor_and_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> tuple[str, frozenset[str]]:
    """Vendor and feature flags of the first CPU, both empty if the system doesn't report them."""
    fields = _cpuinfo(cpuinfo)
    return fields.get("vendor_id", ""), frozenset(fields.get("flags", "").split())


def cpu_model(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The CPU's name as the system reports it."""
    return _cpuinfo(cpuinfo).get("model name") or platform.processor() or platform.machine()


def _cpuinfo(path: Path) -> dict[str, str]:
    try:
        first = path.read_text(encoding="utf-8").split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


@cache
def describe() -> dict[str, str]:
    """The BLAS library, kernel, CPU and NumPy version in use."""
    import numpy as np
    from threadpoolctl import threadpool_info

    np.dot(np.ones((2, 2)), np.ones((2, 2)))
    libraries = [i for i in threadpool_info() if i["user_api"] == "blas"]
    # SciPy may have another BLAS; this is NumPy's.
    libraries.sort(key=lambda i: ("numpy" not in i["filepath"].lower(), i["filepath"]))
    found: dict[str, str] = libraries[0] if libraries else {}
    return {
        "blas": f"{found.get('internal_api', 'unknown')} {found.get('version') or ''}".strip(),
        "kernel": str(found.get("architecture", "unknown")),
        "cpu": cpu_model(),
        "numpy": np.__version__,
    }
