"""The page opens from disk, works from the keyboard, and everybody can read it."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser.conftest import until
from tests.peers import required

pytestmark = pytest.mark.xdist_group("browser")

SCREENSHOTS = Path(__file__).with_name("screenshots")
PIECE = 4000
"""Pixels; a browser on a busy machine can't make a picture of the whole page at once."""
VIEWS = {
    "400": {"width": 400},
    "1440": {"width": 1440},
    "400-dark": {"width": 400, "color_scheme": "dark"},
    "1440-dark": {"width": 1440, "color_scheme": "dark"},
}


def unfold(page) -> None:
    """Open everything that is folded, also what is open one at a time."""
    page.evaluate("document.querySelectorAll('[name^=more-]').forEach(one => one.name = '')")
    unfold_once(page)


def unfold_once(page) -> None:
    """Open everything that can be open together."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.evaluate("document.querySelectorAll('.fold[aria-expanded=false]').forEach(b => b.click())")


def test_the_page_opens_from_disk_without_an_error_or_a_request(open_page):
    page = open_page()
    page.wait_for_load_state("networkidle")
    assert page.locator(".ledger .claim").count() == 6
    unfold(page)
    for pictures in ("figure img", ".thumb img"):
        page.wait_for_timeout(100)
        drawn = page.locator(pictures).evaluate_all("all => all.map(one => one.naturalWidth > 0)")
        assert drawn == [True] * 3


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_no_serious_fault(open_page, view):
    axe = required("axe_playwright_python.sync_playwright", "axe-playwright-python").Axe()
    page = open_page(**VIEWS[view])
    unfold(page)
    found = axe.run(page).response["violations"]
    faults = [
        f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert faults == []


@pytest.mark.parametrize("width", [320, 400, 768, 1440])
def test_the_page_itself_never_scrolls_sideways(open_page, width):
    page = open_page(width=width)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_table_is_cut_at_1440_pixels(open_page):
    page = open_page(width=1440)
    unfold(page)
    cut = page.locator(".scroll").evaluate_all(
        "all => all.filter(o => o.scrollWidth > o.clientWidth)"
    )
    assert cut == []


def test_numbers_settings_and_data_are_open_one_at_a_time(open_page):
    page = open_page(width=1440)
    page.evaluate("document.querySelectorAll('.body').forEach(one => one.open = true)")
    section = page.locator(".experiment").first
    for part in ("Settings", "Numbers", "Data, source"):
        section.locator(f".body > details > summary:has-text('{part}')").click()
        parts = section.locator(".body > details[open] > summary").all_inner_texts()
        assert [text.startswith(part) for text in parts] == [True]


def test_a_download_is_the_file_even_if_the_page_is_alone(open_page, report, tmp_path):
    alone = tmp_path / "report.html"
    shutil.copy(report, alone)
    page = open_page(alone)
    unfold(page)
    for name in ("overfit-claims.csv", "weight_decay-summary.csv"):
        with page.expect_download() as waited:
            page.locator(f"a[download='{name}']").click()
        assert waited.value.suggested_filename == name
        saved = tmp_path / name
        waited.value.save_as(saved)
        folder = (
            report.parent
            if name.startswith("overfit")
            else report.parent / "experiments/weight_decay"
        )
        assert saved.read_bytes() == (folder / name.partition("-")[2]).read_bytes()


def test_the_sidebar_follows(open_page):
    page = open_page(width=1440, height=500)
    page.evaluate("document.querySelector('#provenance').scrollIntoView()")
    until(page, "document.querySelector('[aria-current]')?.hash === '#provenance'")
    box = page.locator("[aria-current]").bounding_box()
    assert 0 <= box["y"] <= 500


def test_contents_are_at_hand_on_a_phone(open_page):
    page = open_page(width=400)
    page.evaluate("document.querySelector('#provenance').scrollIntoView()")
    contents = page.locator(".contents summary")
    assert 0 <= contents.bounding_box()["y"] < 60
    contents.click()
    page.locator(".contents").get_by_role("link", name="Claims").click()
    assert page.locator(".contents details").get_attribute("open") is None
    until(page, "Math.abs(document.querySelector('#claims').getBoundingClientRect().y) < 200")


def test_few_stops_of_the_keyboard_lie_before_the_claims(open_page):
    page = open_page()
    page.locator("#content").focus()
    stops = 0
    while not page.evaluate("document.activeElement.closest('.filters')"):
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 30


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_are_dark_on_a_dark_page(open_page, scheme):
    page = open_page(color_scheme=scheme)
    unfold(page)
    shot = page.locator(".card").first.screenshot()
    pixels = np.asarray(Image.open(io.BytesIO(shot)).convert("L"))
    assert (np.median(pixels) < 40) == (scheme == "dark")
    assert np.ptp(pixels) > 60


def test_a_figure_wider_than_the_screen_is_scrolled_from_the_keyboard(open_page):
    page = open_page(width=400)
    unfold(page)
    card = page.locator(".card").first
    picture = card.locator("img").bounding_box()
    assert picture["width"] == pytest.approx(0.8 * 640)
    assert picture["height"] == pytest.approx(0.8 * 320)
    card.press("ArrowRight")
    until(card.page, "document.querySelector('.card').scrollLeft > 0")
    page = open_page(width=1200)
    unfold(page)
    wide = page.locator(".card").first
    assert wide.get_attribute("tabindex") is None
    assert wide.locator("img").bounding_box()["width"] == pytest.approx(640)


@pytest.mark.parametrize("view", VIEWS)
def test_screenshots_to_look_at(open_page, view):
    page = open_page(**VIEWS[view])
    unfold(page)
    width, height = VIEWS[view]["width"], page.evaluate("document.documentElement.scrollHeight")
    for place, top in enumerate(range(0, height, PIECE)):
        picture = SCREENSHOTS / f"{view}-{place}.png"
        piece = {"x": 0, "y": top, "width": width, "height": min(PIECE, height - top)}
        page.screenshot(path=picture, full_page=True, clip=piece)
    assert (SCREENSHOTS / f"{view}-0.png").stat().st_size > 50_000


def test_it_is_printed_with_page_numbers_and_whole_tables(open_page, tmp_path):
    page = open_page()
    printed = page.pdf(path=SCREENSHOTS / "print.pdf", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.set_viewport_size({"width": 688, "height": 900})  # A4 without its margins
    cut = page.locator("table").evaluate_all(
        "all => all.filter(o => o.getBoundingClientRect().right > innerWidth + 1).map(o => o.id)"
    )
    assert cut == []
    narrow = page.locator("th:visible").evaluate_all("all => all.filter(o => o.clientWidth < 20)")
    assert narrow == []
    assert page.locator(".ledger .claim:visible").count() == 6
    document = required("pypdfium2", "pypdfium2").PdfDocument(printed)
    texts = [page.get_textpage().get_text_range() for page in document]
    assert [f"{at} / {len(texts)}" in text for at, text in enumerate(texts, 1)] == [True] * len(
        texts
    )
    assert "What was found" not in texts[-1]
    assert any("Weight decay narrows the gap." in text for text in texts)
