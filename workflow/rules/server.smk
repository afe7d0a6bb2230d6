import os
import sys
import tempfile
from contextlib import nullcontext

from snakemake.benchmark import benchmarked
from snakemake.script import PythonScript

from overfit.jobs import blas
from overfit.jobs.server import Server

SERVER = Server(STUDY.config.blas_kernel)
start_python = PythonScript.execute_script


def is_ours(job):
    """Whether a script is one of this project, not of a workflow that uses it as a module."""
    file = PROJECT / "workflow" / "scripts" / job.path.get_filename()
    return file.exists() and file.read_text(encoding="utf-8") == job.source


def start_configured(job, script, edit=False):
    """Run a script in a new process, with the settings of BLAS that forked jobs have.

    A script can't set them: many load NumPy with their parameters, before their first line.
    """
    if is_ours(job):
        os.environ.update(blas.settings(STUDY.config.blas_kernel))
    return start_python(job, script, edit)


def start_at_once(job, script, edit=False):
    """Run a script of this project in a process of the server, if it needs no other Python."""
    environment = {"TMPDIR": job.resources.get("tmpdir", tempfile.gettempdir())}
    forked = None
    if is_ours(job) and not (job.conda_env or job.container_img or job.env_modules):
        forked = SERVER.start(script, environment)
    if forked is None:
        return start_configured(job, script, edit)
    with (
        benchmarked(forked.pid, job.bench_record) if job.bench_record else nullcontext()
    ):
        forked.run()


# Snakemake has no other place to change how a script starts: its own executor plugins, too, call
# this method.
at_once = workflow.is_main_process and sys.platform == "linux"
PythonScript.execute_script = start_at_once if at_once else start_configured
