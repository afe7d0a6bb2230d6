"""An experiment that is edited while it trains: the report is about what was planned."""

from __future__ import annotations

import json
import subprocess
import time
from hashlib import sha256

from tests.workflow.conftest import TINY, Project, environment

FILE = "config/experiments/pair.yaml"


def test_the_report_shows_the_text_that_was_planned_and_names_the_file(small: Project):
    results, file = small.folder / "results", small.folder / FILE
    planned = file.read_text()
    options = (*TINY, "--config", "experiments=[pair]")
    command = small.command("--cores", "2", "results/report.html", *options)
    with subprocess.Popen(
        command,
        cwd=small.folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        while running.poll() is None and not (results / "logs/train").is_dir():
            time.sleep(0.05)
        file.write_text(planned.replace("title: ", "title: Edited "))
        printed, _ = running.communicate(timeout=300)
    assert running.returncode == 0, printed
    page = (results / "report.html").read_text()
    assert "Edited" not in page
    assert "these files have changed: <code>config/experiments/pair.yaml</code>" in page
    provenance = json.loads((results / "provenance.json").read_text())
    assert provenance["inputs"][FILE] == sha256(planned.encode()).hexdigest()
    assert provenance["changed"] == [FILE]
    assert "report_page" in small.planned(*options)
