"""The page opens from disk, works from the keyboard, and everybody can read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import until
from tests.peers import required

pytestmark = pytest.mark.xdist_group("browser")

SCREENSHOTS = Path(__file__).with_name("screenshots")
PIECE = 4000
"""Pixels; a browser on a busy machine can't make a picture of the whole page at once."""
VIEWS = {
    "400": {"width": 400},
    "1200": {"width": 1200},
    "dark": {"width": 1200, "color_scheme": "dark"},
}


def test_the_page_opens_from_disk_without_an_error_or_a_request(open_page):
    page = open_page()
    page.wait_for_load_state("networkidle")
    assert page.locator(".ledger .claim").count() == 6
    pictures = page.locator("figure img")
    assert pictures.evaluate_all("all => all.map(one => one.naturalWidth > 0)") == [True] * 3


@pytest.mark.parametrize("view", ["400", "dark"])
def test_axe_finds_no_serious_fault(open_page, view):
    axe = required("axe_playwright_python.sync_playwright", "axe-playwright-python").Axe()
    page = open_page(**VIEWS[view])
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = axe.run(page).response["violations"]
    faults = [
        f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert faults == []


@pytest.mark.parametrize("width", [320, 400, 1200])
def test_the_page_itself_never_scrolls_sideways(open_page, width):
    page = open_page(width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_figure_wider_than_the_screen_is_scrolled_from_the_keyboard(open_page):
    card = open_page(width=400).locator(".card").first
    picture = card.locator("img").bounding_box()
    assert picture["width"] == pytest.approx(0.8 * 640)
    assert picture["height"] == pytest.approx(0.8 * 320)
    card.press("ArrowRight")
    until(card.page, "document.querySelector('.card').scrollLeft > 0")
    wide = open_page(width=1200).locator(".card").first
    assert wide.get_attribute("tabindex") is None
    assert wide.locator("img").bounding_box()["width"] == pytest.approx(1.2 * 640)


@pytest.mark.parametrize("view", VIEWS)
def test_screenshots_to_look_at(open_page, view):
    page = open_page(**VIEWS[view])
    width, height = VIEWS[view]["width"], page.evaluate("document.documentElement.scrollHeight")
    for place, top in enumerate(range(0, height, PIECE)):
        picture = SCREENSHOTS / f"{view}-{place}.png"
        piece = {"x": 0, "y": top, "width": width, "height": min(PIECE, height - top)}
        page.screenshot(path=picture, full_page=True, clip=piece)
        assert picture.stat().st_size > 1000
    assert (SCREENSHOTS / f"{view}-0.png").stat().st_size > 50_000


def test_print_to_look_at(open_page):
    page = open_page()
    printed = page.pdf(path=SCREENSHOTS / "print.pdf", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
