"""`--sdm conda`: jobs run in an environment of workflow/envs. conda itself is not at hand."""

import os
import sys
import sysconfig

import yaml

from .conftest import TINY

CONDA = """\
#!{python}
# Stands in for conda: answers what Snakemake asks, and makes an environment of a Python of its own
# with the packages that the tests run with.
import json, pathlib, sys, venv

here = pathlib.Path(__file__).parent
asked = sys.argv[1:]
if asked == ["info", "--json"]:
    print(json.dumps({{"conda_prefix": str(here.parent), "platform": "linux-64"}}))
elif asked == ["--version"]:
    print("conda 25.9.1")
elif asked[:2] == ["config", "--get"]:
    print(json.dumps({{"get": {{"channel_priority": "strict"}}}}))
elif asked[:2] == ["env", "create"]:
    (here / "environment.yml").write_bytes(
        pathlib.Path(asked[asked.index("--file") + 1]).read_bytes()
    )
    prefix = pathlib.Path(asked[asked.index("--prefix") + 1])
    venv.create(prefix, symlinks=True)
    (packages,) = prefix.glob("lib/python*/site-packages")
    (packages / "others.pth").write_text(
        "{packages}\\n"
        "import pathlib, sys; "
        "pathlib.Path(sys.prefix, 'started').open('a').write(' '.join(sys.orig_argv) + chr(10))\\n"
    )
elif asked[0] != "clean":
    sys.exit(f"conda: {{asked}}")
"""
ACTIVATE = """\
export CONDA_PREFIX="$1" PATH="$1/bin:$PATH"
"""


def test_jobs_run_in_the_environment_that_conda_makes(small, repository, monkeypatch):
    folder = small.folder / "conda/bin"
    folder.mkdir(parents=True)
    script = CONDA.format(python=sys.executable, packages=sysconfig.get_path("purelib"))
    for name, text in (("conda", script), ("activate", ACTIVATE)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    wanted = "results/datasets/digits/card.json"
    small.run(wanted, "--sdm", "conda", "--cores", "1", *TINY)
    assert (small.folder / wanted).stat().st_size > 100
    given = yaml.safe_load((folder / "environment.yml").read_text())
    assert given == yaml.safe_load((repository / "workflow/envs/jobs.yaml").read_text())
    (started,) = small.folder.glob(".snakemake/conda/*/started")
    assert ".dataset.py" in started.read_text()
