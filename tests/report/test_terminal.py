import io
import subprocess
import sys

import pytest
from rich.console import Console

from overfit.report.terminal import effect, verdicts


def row(**changed):
    return {
        "experiment": "dropout",
        "claim": "narrows",
        "says": "Dropout narrows the gap.",
        "kind": "difference",
        "metric": "gap",
        "estimate": "-0.0432",
        "ci_low": "-0.0511",
        "ci_high": "-0.0362",
        "verdict": "supported",
        **changed,
    }


def printed(rows, width=100, **how):
    console = Console(file=io.StringIO(), width=width, highlight=False, **how)
    console.print(verdicts(rows))
    return console.file.getvalue()


@pytest.mark.parametrize("width", [40, 60, 100])
def test_each_claim_is_told_with_effect_and_verdict_at_any_width(width):
    rows = [row(), row(experiment="decay", says="It raises test accuracy.", verdict="negligible")]
    text = printed(rows, width)
    assert max(map(len, text.splitlines())) <= width
    words = set(text.split())
    assert {"supported", "negligible", "dropout", "decay", "−4.3", "points", "gap."} <= words
    assert "\x1b" not in text


def test_verdicts_are_counted():
    rows = [row(), row(), row(verdict="inconclusive")]
    head = printed(rows).splitlines()[0]
    assert head == "3 claims: 2 supported, 0 contradicted, 0 negligible, 1 inconclusive"


def test_a_terminal_gets_colours():
    assert "\x1b[32msupported" in printed([row()], force_terminal=True, color_system="standard")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "−4.3 [−5.1, −3.6] points"),
        ({"metric": "updates_to_90", "estimate": "-12", "ci_low": "-20", "ci_high": "-4"},
         "−12 [−20, −4] updates"),
        ({"kind": "ratio", "estimate": "1.5", "ci_low": "1.2", "ci_high": "2"},
         "×1.50 [1.20, 2.00]"),
        ({"kind": "trend", "estimate": "0.9", "ci_low": "0.8", "ci_high": "1"},
         "+0.900 [0.800, 1.00]"),
        ({"kind": "probability", "estimate": "0.9", "ci_low": "0.6", "ci_high": "0.98"},
         "90 [60, 98] % of seeds"),
        ({"estimate": "", "ci_low": "", "ci_high": ""}, "– [–, –] points"),
    ],
)  # fmt: skip
def test_an_effect_has_the_unit_of_its_kind(changed, text):
    assert effect(row(**changed)) == text


def test_text_of_a_claim_gives_the_terminal_no_orders():
    says = "\x1b[2J\x1b]0;title\x07 [bold]过拟合[/bold]"
    text = printed([row(says=says)])
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[bold]过拟合[/bold]" in text


def test_it_is_called_by_make(repository, tmp_path):
    assert "-m overfit.report.terminal" in (repository / "Makefile").read_text()
    command = [sys.executable, "-m", "overfit.report.terminal", str(tmp_path / "claims.csv")]
    environment = {"PYTHONPATH": str(repository / "workflow")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert (
        done.stderr
        == f"{tmp_path / 'claims.csv'} does not exist; run the workflow first: make reproduce\n"
    )
