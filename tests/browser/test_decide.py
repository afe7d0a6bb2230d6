"""Decide for yourself in a real browser: its verdicts are those of the rule."""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest

from overfit.claims.variations import tried
from overfit.claims.verdict import verdict
from overfit.metrics.tables import read_metrics
from tests.browser.conftest import until
from tests.peers import required
from tests.report.explored import decided, single, write_explored

expect = required("playwright.sync_api", "playwright").expect
pytestmark = pytest.mark.xdist_group("browser")

STUDY = decided()
CLAIMS = {one.id: one for one in STUDY.claims}
BADGE = ".told .badge"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    study = write_explored(tmp_path_factory.mktemp("decided"), STUDY, single())
    study.results.report.write_text(study.html(), encoding="utf-8")
    return study


@pytest.fixture(scope="module")
def metrics(study):
    return read_metrics(study.results.experiment(STUDY.name).metrics, STUDY.grid)


@pytest.fixture
def decide(open_page, study):
    """Opens the page at a claim and waits for its chart."""

    def opened(claim="lower", query="", **context):
        page = open_page(study.results.report, **context)
        go(page, claim, query)
        return page

    return opened


def go(page, claim, query=""):
    """Follow a link to a state."""
    page.evaluate(f"location.hash = 'decide?claim={STUDY.name}/{claim}{query}'")
    page.locator(f".decide[data-drawn^='{STUDY.name}/{claim} ']").wait_for()


def slide(page, label, value):
    """Move a slider or choose in a list, as a person would."""
    control = page.locator(".bindings label", has_text=label).locator("input, select")
    control.evaluate("(one, value) => { one.value = value; }", str(value))
    for event in ("input", "change"):
        control.dispatch_event(event)


def ruled(metrics, claim, margin, seeds, without):
    """The verdict of the rule on a claim with some seeds."""
    test = CLAIMS[claim].test
    used = [seed for seed in range(seeds) if seed != without]
    found = test.find(metrics[metrics["seed"].isin(used)])
    effect = test.model_copy(update={"margin": margin}).effect
    return verdict(effect, found.low, found.high, found.n)


def test_fifty_choices_are_decided_by_the_rule(decide, metrics):
    draw = random.Random(0)  # noqa: S311
    page, seen = decide(), set()
    for claim in CLAIMS:
        go(page, claim)
        margins = tried(CLAIMS[claim].test, CLAIMS[claim].test.find(metrics))
        step = float(page.locator(".bindings input").first.get_attribute("step"))
        least = float(page.locator(".bindings input").first.get_attribute("min"))
        for _ in range(8):
            place, seeds = draw.randrange(len(margins)), draw.randint(3, 12)
            without = draw.randint(-1, 11)
            slide(page, "Margin", least + place * step)
            slide(page, "Seeds", seeds)
            slide(page, "Without seed", without)
            page.locator(f".decide[data-drawn$=' {place} {seeds} {without} true']").wait_for()
            wanted = ruled(metrics, claim, margins[place], seeds, without)
            assert page.locator(BADGE).inner_text() == wanted, (claim, place, seeds, without)
            seen.add(wanted)
    assert seen == {"supported", "negligible", "contradicted", "inconclusive"}


def test_a_link_beside_the_claim_leads_to_its_verdict(decide, metrics):
    page = decide()
    for claim in CLAIMS:
        page.evaluate(f"location.hash = 'claim-{STUDY.name}-{claim}'")  # opens its evidence
        page.locator(f"#claim-{STUDY.name}-{claim} .decide-link").click()
        page.locator(f".decide[data-drawn^='{STUDY.name}/{claim} '][data-drawn$=true]").wait_for()
        told = page.locator(f"#claim-{STUDY.name}-{claim} .badge").first.inner_text()
        assert page.locator(BADGE).inner_text() == told
        assert told == ruled(metrics, claim, CLAIMS[claim].test.margin, 12, -1)


def test_the_chart_follows_the_choice(decide):
    page = decide()
    band = page.locator(".decide .mark-rect path").first
    before = band.bounding_box()["width"]
    slide(page, "Margin", page.locator(".bindings input").first.get_attribute("max"))
    width = "document.querySelector('.decide .mark-rect path').getBoundingClientRect().width"
    until(page, f"{width} > {before + 5}")
    dots = page.locator(".decide .mark-symbol.role-mark").first.locator("path")
    assert dots.count() == 12
    hollow = "document.querySelectorAll('.decide .role-mark path[fill=transparent]').length"
    assert page.evaluate(hollow) == 0
    slide(page, "Seeds", 7)
    slide(page, "Without seed", 2)
    until(page, f"{hollow} === 6")


def test_the_result_is_hidden_until_it_is_shown(decide):
    page = decide(query="&shown=0")
    assert page.locator(BADGE).count() == 0
    assert page.locator(".decide .mark-symbol.role-mark path").count() == 0
    slide(page, "Your guess", -3)
    page.get_by_role("checkbox", name="Show the result").check()
    page.locator(BADGE).wait_for()
    assert page.locator(".decide .mark-symbol.role-mark path").count() == 13
    assert "You guessed −3.0 points" in page.locator(".told").inner_text()


def test_a_state_is_in_the_address_and_comes_back(decide, open_page, study):
    page = decide("higher")
    slide(page, "Seeds", 8)
    slide(page, "Without seed", 4)
    until(page, "location.hash.includes('without=4')")
    address, told = page.evaluate("location.hash"), page.locator(".told").inner_text()
    assert address == f"#decide?claim={STUDY.name}/higher&seeds=8&without=4"
    other = open_page(study.results.report)
    other.evaluate(f"location.hash = {address!r}")
    other.locator(f".decide[data-drawn^='{STUDY.name}/higher ']").wait_for()
    assert other.locator(".told").inner_text() == told
    other.get_by_role("button", name="As in the report").click()
    other.locator(".decide[data-drawn$=' 12 -1 true']").wait_for()
    until(other, f"location.hash === '#decide?claim={STUDY.name}/higher'")


SLOWLY = """const read = Response.prototype.json;
Response.prototype.json = function () {
  return new Promise((done) => setTimeout(done, 400)).then(() => read.call(this));
};
addEventListener("DOMContentLoaded", () => {
  document.documentElement.style.overflowAnchor = "none";
  document.body.style.overflowAnchor = "none";
});"""
"""The data take a while, as those of the atlas do. As in Safari, nothing is kept in its place."""


def test_a_page_that_opens_at_an_address_shows_what_it_leads_to(open_page, study):
    """What it leads to appears later, and charts that are drawn above it don't move it away."""
    page = open_page(study.results.report)
    page.goto("about:blank")
    page.add_init_script(SLOWLY)
    page.goto(f"{study.results.report.as_uri()}#decide?claim={STUDY.name}/higher")
    page.locator(f".decide[data-drawn^='{STUDY.name}/higher ']").wait_for()
    page.locator(".explorer svg").first.wait_for()
    page.wait_for_timeout(1000)
    top = page.evaluate("document.getElementById('decide').getBoundingClientRect().top")
    assert 0 <= top < 100


@pytest.mark.parametrize(
    "state", ["nothing", "lower&margin=x&seeds=-5&without=99&guess=no", quote("<b>")]
)
def test_an_address_of_nothing_is_no_error(decide, open_page, study, state):
    page = open_page(study.results.report)
    page.evaluate(f"location.hash = 'decide?claim={STUDY.name}/{state}'")
    page.locator(f".decide[data-drawn^='{STUDY.name}/lower ']").wait_for()
    page.locator(BADGE).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1440])
def test_it_fits_and_axe_finds_no_serious_fault(decide, scheme, width):
    axe = required("axe_playwright_python.sync_playwright", "axe-playwright-python").Axe()
    page = decide(width=width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
