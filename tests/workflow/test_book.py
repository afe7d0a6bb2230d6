"""The page on what the book says is made from results, whatever there is of them."""

import csv
import runpy
from collections import Counter

import pytest

pytestmark = pytest.mark.xdist_group("smoke")


@pytest.fixture(scope="module")
def page(repository, smoke):
    return runpy.run_path(str(repository / "docs/gallery/book.py"))["page"](smoke.folder)


@pytest.fixture(scope="module")
def claims(smoke):
    with open(smoke.folder / "results/claims.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_every_claim_has_a_row_with_its_verdict(page, claims):
    rows = [line for line in page.splitlines() if "<br><small>" in line]
    assert len(rows) == len(claims) > 5
    for claim in claims:
        assert any(f"**{claim['verdict']}**" in row for row in rows if claim["says"][:20] in row)


def test_the_verdicts_are_counted(page, claims):
    counts = Counter(claim["verdict"] for claim in claims)
    for verdict, count in counts.items():
        assert any(
            line.startswith(f"| {verdict} |") and line.endswith(f" {count} |")
            for line in page.splitlines()
        )
    assert f" {len(claims)} |" in next(row for row in page.splitlines() if row.startswith("| all"))


def test_the_committed_page_is_one_that_the_script_wrote(repository, page):
    written = (repository / "docs/explanation/book.md").read_text()
    assert written.split("| verdict")[0] == page.split("| verdict")[0]


def test_the_page_of_claims_has_a_line_for_each_with_its_verdict(repository, smoke, claims):
    """Three seeds decide nothing, so no claim has a known power."""
    made = runpy.run_path(str(repository / "docs/gallery/claims.py"))["page"](smoke.folder)
    lines = {line.split("`")[1]: line for line in made.splitlines() if line.startswith("| **`")}
    for claim in claims:
        assert f"**{claim['verdict']}**, {claim['status']}" in lines[claim["claim"]]
        assert claim["says"][:20] in lines[claim["claim"]]
    others = set(lines) - {claim["claim"] for claim in claims}
    assert all("not tested yet" in lines[name] for name in others)
