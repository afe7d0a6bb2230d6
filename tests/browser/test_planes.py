"""Maps of decision boundaries in a real browser."""

from __future__ import annotations

import pytest

from tests.browser.conftest import until
from tests.peers import required
from tests.report.explored import PLANE_SIDE, mapped, plane, write_explored

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    study = write_explored(tmp_path_factory.mktemp("mapped"), mapped())
    study.results.report.write_text(study.html(), encoding="utf-8")
    return study.results.report


@pytest.fixture
def maps(open_page, written):
    def opened(query="", **context):
        page = open_page(written, **context)
        page.evaluate(f"location.hash = 'planes?{query}'")
        page.locator(".planes[data-drawn]").wait_for()
        return page

    return opened


def share(page, variant):
    """The share of a map that has the colour of class 1."""
    rectangles = page.locator(".maps figure").nth(variant).locator(".mark-rect path")
    areas = {"0": 0.0, "1": 0.0}
    for rectangle in rectangles.all():
        box = rectangle.bounding_box()
        areas[rectangle.get_attribute("fill")[-2]] += box["width"] * box["height"]
    return areas["1"] / sum(areas.values())


def true_share(variant, seed, update):
    """The same from the classes."""
    row = plane(variant, seed, update)[:PLANE_SIDE]
    return sum(row) / PLANE_SIDE


def test_maps_follow_the_seed_and_the_evaluation(maps):
    page = maps()
    for seed in (0, 1):
        page.locator(".planes [name=seed]").select_option(str(seed))
        for evaluation, update in enumerate([0, 15]):
            page.get_by_role("slider", name="Updates").fill(str(evaluation))
            page.locator(f".planes[data-drawn='0 {seed} {evaluation}']").wait_for()
            for place, variant in enumerate(("plain", "dropout")):
                wanted = true_share(variant, seed, update)
                assert share(page, place) == pytest.approx(wanted, abs=0.03)
    assert (
        page.get_by_role("slider", name="Updates").get_attribute("aria-valuetext") == "15 updates"
    )


def test_a_state_is_in_the_address_and_comes_back(maps):
    page = maps()
    page.locator(".planes [name=seed]").select_option("2")
    page.get_by_role("slider", name="Updates").fill("1")
    until(page, "location.hash === '#planes?experiment=0&seed=2&evaluation=1'")
    other = maps("experiment=0&seed=2&evaluation=1")
    assert other.locator(".planes").get_attribute("data-drawn") == "0 2 1"
    assert maps("experiment=7&seed=x&evaluation=y").locator(".maps figure").count() == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1440])
def test_they_fit_and_axe_finds_no_serious_fault(maps, scheme, width):
    axe = required("axe_playwright_python.sync_playwright", "axe-playwright-python").Axe()
    page = maps(width=width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
