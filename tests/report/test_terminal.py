import io
import math
import subprocess
import sys

import pandas as pd
import pytest
from rich.console import Console

from overfit.metrics.tables import write_table
from overfit.report.terminal import effect, verdicts


def row(**changed):
    return {
        "experiment": "dropout",
        "claim": "narrows",
        "says": "Dropout narrows the gap.",
        "kind": "difference",
        "metric": "gap",
        "estimate": -0.0432,
        "ci_low": -0.0511,
        "ci_high": -0.0362,
        "verdict": "supported",
        "decides_at": math.nan,
        "status": "exploratory",
        **changed,
    }


def printed(rows, width=100, **how):
    console = Console(file=io.StringIO(), width=width, highlight=False, **how)
    console.print(verdicts(rows))
    return console.file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 100])
def test_claims_that_failed_are_told_in_full_below_their_experiment(width):
    long = "It costs a lot. " * 12
    rows = [
        row(),
        row(experiment="decay", says="It raises test accuracy.", verdict="negligible"),
        row(experiment="decay", says="It is the rate.", verdict="inconclusive"),
        row(experiment="decay", says=long.strip(), verdict="contradicted"),
    ]
    text = printed(rows, width)
    lines = [line.rstrip() for line in text.splitlines()]
    assert max(map(len, lines)) <= width
    decay = lines.index("decay  1 negligible, 1 contradicted, 1 inconclusive")
    assert "dropout  1 supported" in lines[:decay]
    below = " ".join(" ".join(lines[decay + 1 :]).split())
    assert below == (
        f"contradicted: {long}−4.3 [−5.1, −3.6] points "
        "inconclusive: It is the rate. −4.3 [−5.1, −3.6] points"
    )
    assert "It raises" not in text
    assert "\x1b" not in text


def test_claims_of_replications_are_counted_apart():
    again = [row(experiment="dropout--digits", verdict="contradicted")] * 2
    lines = printed([row(), row(status="confirmed"), *again]).splitlines()
    assert lines[:2] == [
        "2 claims: 2 supported, 0 negligible, 0 contradicted, 0 inconclusive",
        "1 confirmed on fresh seeds; 2 more in replications",
    ]
    assert "dropout--digits  2 contradicted" in [line.rstrip() for line in lines]
    only = printed([row(experiment="a--b")]).splitlines()
    assert only[0].startswith("1 claims: 1 supported")


def test_an_inconclusive_claim_has_the_number_of_seeds_that_would_decide_it():
    rows = [
        row(says="A", verdict="inconclusive", decides_at=34.0),
        row(says="B", verdict="inconclusive", decides_at=math.inf),
        row(says="C", verdict="inconclusive"),
        row(says="D", verdict="inconclusive", decides_at=21.0, metric="search.gap"),
        row(says="E", verdict="contradicted", decides_at=34.0),
    ]
    lines = printed(rows).splitlines()
    ends = [line.rstrip().rpartition("points")[2] for line in lines if "points" in line]
    assert ends == [
        "", "; needs 34 seeds", "; needs more than 1,000 seeds", "", "; needs 21 repeats"
    ]  # fmt: skip


def test_verdicts_are_counted():
    rows = [row(), row(), row(verdict="inconclusive", status="confirmed")]
    assert printed(rows).splitlines()[:2] == [
        "3 claims: 2 supported, 0 negligible, 0 contradicted, 1 inconclusive",
        "1 confirmed on fresh seeds",
    ]


def test_a_terminal_gets_colours():
    text = printed([row(verdict="contradicted")], force_terminal=True, color_system="standard")
    assert "\x1b[31mcontradicted" in text


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "−4.3 [−5.1, −3.6] points"),
        ({"metric": "updates_to_90", "estimate": -12.0, "ci_low": -20.0, "ci_high": -4.0},
         "−12 [−20, −4] updates"),
        ({"kind": "ratio", "estimate": 1.5, "ci_low": 1.2, "ci_high": 2.0},
         "×1.50 [1.20, 2.00]"),
        ({"kind": "trend", "estimate": 0.9, "ci_low": 0.8, "ci_high": 1.0},
         "+0.90 [0.80, 1.00] τ"),
        ({"kind": "probability", "estimate": 0.9, "ci_low": 0.6, "ci_high": 0.98},
         "90 [60, 98] %"),
        (dict.fromkeys(("estimate", "ci_low", "ci_high"), float("nan")), "– [–, –] points"),
    ],
)  # fmt: skip
def test_an_effect_has_the_unit_of_its_kind(changed, text):
    assert effect(row(**changed)) == text


def test_text_of_a_claim_gives_the_terminal_no_orders():
    says = "\x1b[2J\x1b]0;title\x07 [bold]过拟合[/bold]"
    text = printed([row(says=says, verdict="contradicted")])
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[bold]过拟合[/bold]" in text


def test_a_wide_terminal_without_a_minus_sign_gets_80_columns(repository, tmp_path):
    path = tmp_path / "claims.csv"
    long = row(says="It costs a lot. " * 20, verdict="contradicted")
    rest = {"margin": 0.02, "n": 10, "p": 0.1, "p_adjusted": 0.2, "basis": "95% interval"}
    rest |= {"cites": "", "status": "exploratory", "decides_at": 40.0, "fragile": float("nan")}
    rest |= {"look": 1, "straight": float("nan"), "family": "all"}
    write_table(pd.DataFrame([long | rest]), path)
    command = [sys.executable, "-m", "overfit.report.terminal", str(path)]
    environment = {
        "PYTHONPATH": str(repository / "workflow"), "COLUMNS": "200", "PYTHONIOENCODING": "ascii",
    }  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= 80
    assert "?4.3 [?5.1, ?3.6] points" in done.stdout
    assert "Report:" not in done.stdout

    page = tmp_path / "report.html"
    page.touch()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == f"Report: {page.as_uri()}"


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
