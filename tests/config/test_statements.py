"""What holds for the claims of the atlas, whatever their verdicts."""

import re
from collections import defaultdict
from itertools import combinations

import pytest

from overfit.claims.table import read_claims, same_numbers
from overfit.metrics.table import MATCH
from tests.written import shipped

FORMER = "tests/config/statements.txt"
"""The claims of the atlas before each statement got a test that could come out either way."""


@pytest.fixture(scope="module")
def experiments(repository):
    return shipped(repository).experiments


def every(experiments):
    return [(name, claim) for name, one in experiments.items() for claim in one.claims]


def test_the_changelog_says_why_a_former_claim_is_gone(repository, experiments):
    known = {claim.id for _, claim in every(experiments)}
    told = set(re.findall(r"`([a-z0-9-]+)`", (repository / "CHANGELOG.md").read_text()))
    former = (repository / FORMER).read_text(encoding="utf-8").split("\n")
    names = {line.partition(": ")[2] for line in former if line}
    assert len(names) > 90
    assert not names - known - told


def test_every_claim_has_a_reason_for_its_margin(experiments):
    claims = every(experiments)
    assert not [f"{name}: {claim.id}" for name, claim in claims if not claim.margin_because]
    for name, claim in claims:
        assert claim.margin_because.strip()[-1] in ".)", f"{name}: {claim.id}: no sentence"


def test_the_reference_has_a_line_for_every_claim(repository, experiments):
    page = (repository / "docs/reference/claims.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| \*\*`([a-z0-9_-]+)`\*\*", page, re.MULTILINE)
    ids = [claim.id for _, claim in every(experiments)]
    assert sorted(lines) == sorted(ids), "make gallery, or python docs/gallery/claims.py"


def test_most_claims_have_the_power_to_be_decided(repository):
    page = (repository / "docs/reference/claims.md").read_text(encoding="utf-8")
    (share,) = re.findall(r"which is 80% or more for \d+: (\d+)%", page)
    assert int(share) >= 60


def test_every_statement_is_a_sentence(experiments):
    for name, claim in every(experiments):
        text = claim.says.strip()
        assert re.fullmatch(r"[A-Z0-9].*[.?]", text, re.DOTALL), f"{name}: {claim.id}"


def test_no_two_claims_test_the_same(experiments):
    """The same test twice, or with its sides exchanged, would be one number counted twice."""
    for name, one in experiments.items():
        seen = defaultdict(list)
        for claim in one.claims:
            spots = frozenset(
                (spot.variant, tuple(sorted((axis, repr(at)) for axis, at in spot.at.items())))
                for spot in claim.test.spots()
            )
            along = claim.test.place.along
            statistic = getattr(claim.test, "statistic", "")
            value = getattr(claim.test, "value", "")
            key = (claim.test.metric, spots, along, claim.test.over, statistic, value)
            family = "difference" if claim.test.kind == "equivalent" else claim.test.kind
            seen[(family, *key)].append(claim.id)
        twice = [ids for ids in seen.values() if len(ids) > 1]
        assert not twice, (name, twice)


# What algebra decides: these hold for any data, so nobody has to train to know them.


def effective(settings):
    """Settings without parts that do nothing, and with other names for the same thing."""
    plain = settings.model_dump(mode="json")
    penalty = {key: value for key, value in plain["penalty"].items() if value}
    lp = penalty.pop("lp", None)
    if isinstance(lp, dict) and lp.get("p") in (1, 2) and lp.get("strength"):
        name = f"l{lp['p']:g}"
        penalty[name] = penalty.get(name, 0) + lp["strength"]
    dropout = plain.get("dropout")
    if dropout and not dropout.get("rate") and not dropout.get("input"):
        dropout = None
    return repr({**plain, "penalty": penalty, "dropout": dropout})


def test_no_claim_compares_settings_that_are_the_same_by_algebra(experiments):
    """L2 as an Lp penalty of power 2, dropout at a rate of 0, and so on."""
    for name, one in experiments.items():
        for claim in one.claims:
            sides = [
                {effective(cell.settings) for cell in one.cells if cell.variant == spot.variant
                 and spot.fixed.items() <= cell.at.items()}
                for spot in claim.test.spots()
            ]  # fmt: skip
            searched = set(claim.test.variants()) & set(one.searches)
            for a, b in combinations(sides[:2], 2):
                assert searched or a != b, f"{name}: {claim.id}"


def test_no_claim_needs_batch_normalization_of_two_images(experiments):
    """Of two images, normalized values are 1 and -1, so nothing is passed back."""
    for name, one in experiments.items():
        for claim in one.claims:
            for cell in one.cells_of(claim.test):
                settings = cell.settings
                two = settings.train.batch_size == 2
                assert not (two and getattr(settings, "batch_norm", None)), f"{name}: {claim.id}"


def test_no_claim_is_about_a_gap_in_which_training_accuracy_is_given(experiments):
    """At the same training accuracy, a gap is test accuracy with the other sign."""
    for name, one in experiments.items():
        at = {
            (claim.test.metric.partition(MATCH)[0], claim.test.metric.partition(MATCH)[2],
             claim.test.kind, tuple(claim.test.variants()), repr(claim.test.at))
            for claim in one.claims
            if "train_accuracy=" in claim.test.metric
        }  # fmt: skip
        for metric, *rest in at:
            both = metric == "gap" and ("test_accuracy", *rest) in at
            assert not both, (name, rest)


# What results show, if the atlas has been run here


@pytest.fixture(scope="module")
def table(repository, experiments):
    path = repository / "results/claims.csv"
    if not path.exists():
        pytest.skip("there are no results of the atlas: run make reproduce")
    found = read_claims(path)
    if set(found["claim"]) != {claim.id for _, claim in every(experiments)}:
        pytest.skip("the results are not those of the atlas as it is: run make reproduce")
    return found


def test_no_seeds_agree_to_the_last_digit_as_if_algebra_decided(table):
    """Differences of trained networks vary; of those that are the same by algebra, none do."""
    paired = table[table["kind"].isin(["difference", "equivalent", "ratio", "interaction"])]
    equal = paired[(paired["ci_low"] == paired["ci_high"]) & (paired["n"] > 2)]
    assert not list(equal["experiment"] + ": " + equal["claim"])


def test_no_two_claims_are_one_number(table):
    names = list(table["experiment"] + ": " + table["claim"])
    first = same_numbers(table)
    assert not [(names[i], names[one]) for i, one in enumerate(first) if one != i]


def test_no_claim_is_decided_at_the_edge_of_what_was_tried(table):
    at_edge = table[table["basis"].str.contains("best at the edge")]
    assert not list(at_edge["experiment"] + ": " + at_edge["claim"])
