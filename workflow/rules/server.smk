import sys
import tempfile
from contextlib import nullcontext

from snakemake.benchmark import benchmarked
from snakemake.script import PythonScript

from overfit.jobs.server import Server

SERVER = Server(config["blas_kernel"])
start_python = PythonScript.execute_script


def start_at_once(job, script, edit=False):
    """Run a script of this project in a process of the server, if it needs no other Python."""
    file = PROJECT / "workflow" / "scripts" / job.path.get_filename()
    ours = file.exists() and file.read_text(encoding="utf-8") == job.source
    environment = {"TMPDIR": job.resources.get("tmpdir", tempfile.gettempdir())}
    forked = None
    if ours and not (job.conda_env or job.container_img or job.env_modules):
        forked = SERVER.start(script, file.name, environment)
    if forked is None:
        return start_python(job, script, edit)
    with (
        benchmarked(forked.pid, job.bench_record) if job.bench_record else nullcontext()
    ):
        forked.run()


# Snakemake has no other place to change how a script starts: its own executor plugins, too, call
# this method.
if workflow.is_main_process and sys.platform == "linux":
    PythonScript.execute_script = start_at_once
