"""The texts of Snakemake's own report, rendered by Snakemake."""

from __future__ import annotations

import subprocess
import sys
from zipfile import ZipFile

import pytest

from overfit.report.page import TEMPLATES

SNAKEFILE = f"""
configfile: "config.yaml"
report: "{TEMPLATES}/workflow.rst"

rule all:
    input:
        "dropout/curves_of_loss.svg", "dropout/summary.csv", "dropout/claims.csv",
        "claims.csv", "provenance.json", "report.html",

rule figure:
    output: report("{{experiment}}/{{figure}}.svg", caption="{TEMPLATES}/figure.rst")
    shell: "echo '<svg xmlns=\\"http://www.w3.org/2000/svg\\"/>' > {{output}}"

rule summary:
    output: report("{{experiment}}/summary.csv", caption="{TEMPLATES}/summary.rst")
    shell: "echo n > {{output}}"

rule claims:
    output: report("{{experiment}}/claims.csv", caption="{TEMPLATES}/claims.rst")
    shell: "echo n > {{output}}"

rule all_claims:
    output: report("claims.csv", caption="{TEMPLATES}/claims.rst")
    shell: "echo n > {{output}}"

rule provenance:
    output: report("provenance.json", caption="{TEMPLATES}/provenance.rst")
    shell: "echo 0 > {{output}}"

rule page:
    output: report("report.html", caption="{TEMPLATES}/report.rst")
    shell: "echo page > {{output}}"
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("captions")
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "config.yaml").write_text("experiments: [dropout, weight_decay]\n")
    for arguments in (["--cores", "1"], ["--report", "report.zip"]):
        subprocess.run(
            [sys.executable, "-m", "snakemake", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    with ZipFile(folder / "report.zip") as archive:
        return archive.read("report/report.html").decode()


@pytest.mark.parametrize(
    "words",
    [
        "This report covers the experiments: dropout, weight_decay.",
        r"<strong>Curves of loss</strong> of the experiment\n<em>dropout</em>",
        r"Every metric of every variant of the experiment <em>dropout</em>",
        r"The claims of the experiment <em>dropout</em> and their verdicts.",
        r"The claims of all experiments and their verdicts.",
        "The origin of the numbers",
        "The whole study on one page",
    ],
)
def test_captions_are_filled_in(report, words):
    assert words in report


def test_no_caption_has_a_fault(report):
    assert "system-message" not in report
