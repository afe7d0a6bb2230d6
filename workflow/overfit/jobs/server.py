"""Jobs that start at once: a server process that has loaded their modules forks one for each.

Starting Python and importing NumPy, pandas and Matplotlib takes longer than many jobs. The server
imports the modules that a job has loaded before it starts the next one. It computes nothing, so it
has a single thread: a fork would stop others, and Python 3.12 and later warn of them.

    driver                           server                     job
      | script, an end of a pair ----> imports and forks -------> |
      | <------------------------------------------ process id -- |
      | -- go --------------------------------------------------> | runs the script
      | <------- modules that it had to load, or that it failed -- |

If the server is killed, its jobs continue, and the driver starts others in the usual way. If the
driver is killed, the server ends, and its jobs continue as they would without it.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from threading import Lock

from overfit.jobs import blas

_FAILED = "failed"


class Job:
    """A process that waits for permission to run its script.

    Attributes:
        pid: its process id.
    """

    def __init__(self, script: str, connection: socket.socket, loaded: dict[str, None]) -> None:
        self.pid = int(connection.recv(20))
        self._script = script
        self._connection = connection
        self._loaded = loaded

    def run(self) -> None:
        """Run the script, and wait until the process has ended.

        Raises:
            CalledProcessError: the script failed.
            ChildProcessError: the process was killed.
        """
        with self._connection, self._connection.makefile("rb") as told, suppress(OSError):
            self._connection.sendall(b"go")
            last = told.read().decode()
        if not last:
            raise ChildProcessError(f"{self._script} was killed; was there too little memory?")
        if last == _FAILED:
            raise subprocess.CalledProcessError(1, [sys.executable, self._script])
        self._loaded.update(dict.fromkeys(last.split()))


class Server:
    """Starts jobs, for all threads of a driver. Its process starts with the first one.

    Args:
        kernel: the kernel of BLAS, as in `blas.configure`.
    """

    def __init__(self, kernel: str) -> None:
        self._kernel = kernel
        self._control: socket.socket | None = None
        self._loaded: dict[str, None] = {}
        self._lock = Lock()

    def start(self, script: str, environment: Mapping[str, str]) -> Job | None:
        """Start a job.

        Args:
            script: the file that it runs.
            environment: variables that differ from those of this process.

        Returns:
            The job, or None if the server can't be reached.
        """
        with self._lock:
            request = {
                "script": script,
                "folder": os.getcwd(),
                "environment": dict(environment),
                "modules": list(self._loaded),
            }
            self._loaded.clear()
            connection, theirs = socket.socketpair()
            with theirs, suppress(OSError):
                self._control = self._control or self._connect()
                socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno()])
        try:
            return Job(script, connection, self._loaded)
        except (OSError, ValueError):  # the server has ended
            connection.close()
            return None

    def _connect(self) -> socket.socket:
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", "-m", __name__, str(theirs.fileno()), self._kernel]
        with theirs:
            subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603
        return control


def serve(control: socket.socket) -> None:
    """Start the jobs that the driver sends, until it ends; in a job, run the script."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # for the jobs, not for the server
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        message, descriptors, *_ = socket.recv_fds(control, 1_000_000, 1)
        if not message:
            return
        request = json.loads(message)
        for name in request["modules"]:
            with suppress(Exception):  # if it can't be loaded, the job says why
                import_module(name)
        gc.freeze()  # otherwise each job would write to, and so copy, all that it shares with us
        if os.fork() == 0:
            control.close()
            _run(descriptors[0], request["script"], request["folder"], request["environment"])
            return
        os.close(descriptors[0])


def _reap(*_: object) -> None:
    """Let jobs that have ended go; from now on their CPU time counts as the server's."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _run(connection: int, script: str, folder: str, environment: dict[str, str]) -> None:
    """Run a script; the connection closes with the process, after its last output."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    os.chdir(folder)
    os.environ.update(environment)
    file = os.path.abspath(script)
    sys.argv = [file]
    sys.path.insert(0, os.path.dirname(file))
    known = set(sys.modules)
    os.write(connection, str(os.getpid()).encode())
    if not os.read(connection, 2):
        return  # the driver has been killed
    last = _FAILED
    try:
        runpy.run_path(file, run_name="__main__")
        last = " ".join(["__main__", *(name for name in sys.modules if name not in known)])
    finally:
        with suppress(OSError):  # the driver has been killed
            os.write(connection, last.encode())


def _leave() -> None:
    """End this process when Python has waited for threads, but before it frees all objects.

    To free them is to write to them: a job would first copy all modules that it shares with the
    server, which takes 0.6 s of CPU time if Matplotlib, SciPy and scikit-learn are among them.
    """
    with suppress(OSError, ValueError):  # nobody reads it, or the script has closed it
        sys.stdout.flush()
    os._exit(0)  # the driver hears by the connection whether a job failed


if __name__ == "__main__":
    atexit.register(_leave)  # called last, after what jobs and their modules register
    blas.configure(sys.argv[2])
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")  # PyArrow's jemalloc
    serve(socket.socket(fileno=int(sys.argv[1])))
