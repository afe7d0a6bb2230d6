"""Run a command; print the CPU time of it and of all that it starts, and fail above a limit.

    python tests/cpu.py 600 pytest -n auto    # seconds, on all cores together; inf for no limit

The time on the clock depends on what else a machine does, the CPU time much less.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 60.0
"""Seconds that processes have to end after the command."""


def main() -> int:
    """The exit status: that of the command, or 1 if it takes more CPU time than is allowed."""
    allowed, *command = sys.argv[1:]
    if sys.platform == "linux":  # a process whose parent has ended becomes our child
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    process = subprocess.Popen(command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # which the command gets, too
    status, deadline = 0, float("inf")
    while time.monotonic() < deadline:
        try:
            pid, ended = os.waitpid(-1, os.WNOHANG if deadline < float("inf") else 0)
        except ChildProcessError:
            break
        if pid == process.pid:
            status, deadline = os.waitstatus_to_exitcode(ended), time.monotonic() + PATIENCE
        elif not pid:
            time.sleep(0.05)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    print(f"{seconds:.1f} s of CPU time; {allowed} s are allowed", flush=True)
    return status or int(seconds > float(allowed))


if __name__ == "__main__":
    sys.exit(main())
