"""Files that are edited while networks train: the report is about what was planned."""

from __future__ import annotations

import json
import subprocess
import time
from hashlib import sha256

from tests.workflow.conftest import TINY, Project, environment

FILE = "config/experiments/pair.yaml"
OTHERS = ("config/datasets.yaml", "workflow/overfit/nn/activations/relu.py")


def test_the_report_shows_the_text_that_was_planned_and_names_the_files(small: Project):
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
        before = {name: (small.folder / name).read_bytes() for name in OTHERS}
        for name, text in before.items():
            (small.folder / name).write_bytes(text + b"\n# edited\n")
        printed, _ = running.communicate(timeout=300)
    assert running.returncode == 0, printed
    page = (results / "report.html").read_text()
    assert "Edited" not in page
    assert all(f"<code>{name}</code>" in page.partition("these files have changed: ")[2]
               for name in (FILE, *OTHERS))  # fmt: skip
    provenance = json.loads((results / "provenance.json").read_text())
    for name, text in {FILE: planned.encode(), **before}.items():
        assert provenance["inputs"][name] == sha256(text).hexdigest()
    assert set(provenance["changed"]) == {FILE, *OTHERS}
    assert "report_page" in small.planned(*options)
