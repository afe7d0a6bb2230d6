"""Jobs that are forked behave as if Python had been started for each."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError

import psutil
import pytest

from overfit.jobs.server import Server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="jobs are forked on Linux")

ABOUT = """\
import json, os, signal, sys
about = {
    "argv": sys.argv, "name": __name__, "file": __file__, "folder": os.getcwd(),
    "path": sys.path[0], "TMPDIR": os.environ["TMPDIR"], "python": sys.executable,
    "signals": [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)],
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
}
json.dump(about, open("about.json", "w"))
"""
SLEEPS = "import time; open('began', 'w').close(); time.sleep(%s); open('ended', 'w').close()"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes a script to the working folder; its path."""
    monkeypatch.chdir(tmp_path)

    def written(code, name="job.py"):
        (tmp_path / name).write_text(code)
        return name

    return written


@pytest.fixture(autouse=True)
def modules(repository, tmp_path, monkeypatch):
    """A folder for modules that scripts import, and the package."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", f"{repository / 'workflow'}{os.pathsep}{folder}")


@pytest.fixture
def server():
    return Server("inherit")


def start(server, script):
    return server.start(script, {"TMPDIR": "elsewhere"})


def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def running(process):
    """Not ended, nor waiting for a parent to ask how it ended."""
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def server_of(job):
    return psutil.Process(job.pid).parent()


def test_a_script_finds_what_it_would_find_in_a_python_of_its_own(write, server):
    script = str(Path(write(ABOUT)).resolve())
    start(server, script).run()
    forked = json.loads(Path("about.json").read_text())
    environment = {**os.environ, "TMPDIR": "elsewhere"}
    subprocess.run([sys.executable, script], env=environment, check=True)
    assert forked == json.loads(Path("about.json").read_text())


def test_what_a_job_has_loaded_the_next_one_finds_loaded(write, server):
    write("", "modules/slow_to_load.py")
    script = write(
        "import sys\n"
        "open('found', 'a').write(f\"{'slow_to_load' in sys.modules} \")\n"
        "import slow_to_load\n"
    )
    start(server, script).run()
    start(server, script).run()
    start(server, write(Path(script).read_text(), "another.py")).run()
    assert Path("found").read_text() == "False True True "


def test_a_job_ends_after_its_threads_and_what_it_does_at_exit(write, server, capfd):
    script = write(
        "import atexit, threading, time\n"
        "def late():\n"
        "    time.sleep(0.1)\n"
        "    print('thread', end=' ')\n"
        "threading.Thread(target=late).start()\n"
        "atexit.register(print, 'exit', end='')\n"
    )
    start(server, script).run()
    assert capfd.readouterr().out == "thread exit"


def test_a_script_that_fails_is_an_error_with_its_traceback(write, server, capfd):
    with pytest.raises(CalledProcessError, match=r"job\.py'\]' returned non-zero"):
        start(server, write("raise ValueError('mistake')")).run()
    assert "ValueError: mistake" in capfd.readouterr().err
    with pytest.raises(CalledProcessError):
        start(server, write("import sys; sys.exit('Error: a line')")).run()
    assert capfd.readouterr().err == "Error: a line\n"


def test_a_module_that_cannot_be_loaded_fails_its_jobs_alone(write, server, capfd):
    broken = write("import broken")
    write("1 / 0", "modules/broken.py")
    for _ in range(2):
        with pytest.raises(CalledProcessError):
            start(server, broken).run()
        assert "ZeroDivisionError" in capfd.readouterr().err
    start(server, write("")).run()


def test_a_job_that_is_killed_is_an_error_and_others_go_on(write, server):
    job = start(server, write("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    with pytest.raises(ChildProcessError, match=r"job\.py was killed"):
        job.run()
    start(server, write("")).run()
    assert not psutil.pid_exists(job.pid)  # not even as a zombie


def test_a_server_that_is_killed_takes_no_job_with_it(write, server):
    job = start(server, write(SLEEPS % 0.5))
    with ThreadPoolExecutor() as pool:
        ended = pool.submit(job.run)
        until(Path("began").exists)
        server_of(job).kill()
        ended.result()
    assert Path("ended").exists()
    assert start(server, "job.py") is None


def test_jobs_of_many_threads_run_side_by_side(write, server):
    script = write("import sys, os; open(os.path.basename(sys.argv[0]) + '.done', 'w').close()")
    names = [f"{n}.py" for n in range(40)]
    for name in names:
        os.symlink(script, name)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: start(server, name).run(), names))
    assert all(Path(f"{name}.done").exists() for name in names)


def test_a_server_that_has_loaded_everything_has_one_thread(write, server):
    """Otherwise a job could wait for a lock that nobody releases, and Python 3.12 and later warn.

    And jobs stay cheap.
    """
    script = write("import scipy.stats, seaborn, pyarrow.parquet, optuna, sklearn.gaussian_process")
    start(server, script).run()
    start(server, script).run()
    job = start(server, script)
    process = server_of(job)
    threads = Path(f"/proc/{process.pid}/task").glob("*/comm")
    names = sorted(path.read_text().strip() for path in threads)
    assert names == ["python"]
    job.run()

    def of_jobs():
        """Seconds of CPU time of all jobs that have ended."""
        times = process.cpu_times()
        return times.children_user + times.children_system

    before = of_jobs()
    assert before > 0.3  # the first one loaded everything
    script = write("import gc; gc.collect()")
    for _ in range(8):
        start(server, script).run()
    took = (of_jobs() - before) / 8
    assert took < 0.15  # 0.02 s; 0.6 s if it copied and freed what the server has loaded


DRIVER = """\
import sys
from overfit.jobs.server import Server
server = Server("inherit")
job = server.start("job.py", {})
print(job.pid, flush=True)
sys.stdin.readline()
job.run()
"""


@pytest.fixture
def driver(write):
    """Another process that has started a job, and runs it when it is sent a line."""
    write(SLEEPS % 1)
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    yield driver
    driver.kill()
    driver.communicate()


def begun(driver):
    """Let the driver's job begin; the process of the server and of the job."""
    job = psutil.Process(int(driver.stdout.readline()))
    server = job.parent()
    driver.stdin.write("\n")
    driver.stdin.flush()
    until(Path("began").exists)
    return server, job


def test_a_driver_that_is_killed_ends_its_server_but_not_the_job(driver):
    server, job = begun(driver)
    driver.kill()
    until(lambda: not running(server))
    assert running(job)
    until(Path("ended").exists)
    until(lambda: not running(job))


def test_a_job_of_a_driver_that_is_killed_before_it_says_go_does_nothing(driver):
    job = psutil.Process(int(driver.stdout.readline()))
    driver.kill()
    until(lambda: not running(job))
    assert not Path("began").exists()


def test_ctrl_c_ends_the_job_and_the_server_with_the_driver(driver):
    server, job = begun(driver)
    os.killpg(driver.pid, signal.SIGINT)
    said = driver.communicate(timeout=10)[1]
    assert said.count("KeyboardInterrupt") == 2  # of the driver and of the job
    until(lambda: not running(server) and not running(job))
    assert not Path("ended").exists()
