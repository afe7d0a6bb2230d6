"""The documentation site, opened from disk as `make docs` says."""

import os
import re
import subprocess
import sys

import pytest

from tests.peers import required

from .conftest import until

pytestmark = pytest.mark.xdist_group("browser")

FOUND = "document.querySelectorAll('.md-search-result__item').length > 2"


@pytest.fixture(scope="module")
def site(repository, tmp_path_factory):
    required("material", "mkdocs-material")
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", folder],
        cwd=repository,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": "workflow"},
        check=True,
    )
    return folder


def opened(browser, path, **context):
    """A page without a server, and the addresses that it asked for."""
    page = browser.new_context(viewport={"width": 1300, "height": 900}, **context).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return page, asked


def test_search_works_from_disk_and_asks_no_server(browser, site):
    page, asked = opened(browser, site / "index.html")
    page.fill(".md-search__input", "early stopping patience")
    until(page, FOUND)
    links = page.eval_on_selector_all(".md-search-result__link", "all => all.map(one => one.href)")
    assert any(link.endswith("settings.html?h=patience#trainearly_stopping") for link in links)
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "blob", "about"}


def test_each_chapter_of_the_configuration_is_a_page_and_links_lead_to_its_anchors(browser, site):
    chapters = sorted((site / "reference/configuration").glob("*.html"))
    assert len(chapters) == 9
    page, _ = opened(browser, site / "reference/configuration/figures.html")
    link = page.locator("article td a", has_text=re.compile("^metric$")).first.get_attribute("href")
    assert link == "metrics.html#metrics"
    page, _ = opened(browser, site / "howto/search.html")
    hrefs = page.eval_on_selector_all("article a", "links => links.map(link => link.href)")
    (method,) = (href for href in hrefs if href.endswith("#searchmethod"))
    assert "/configuration/experiments.html#" in method
    text = (site / "reference/configuration/experiments.html").read_text()
    assert 'id="searchmethod"' in text


def test_the_theme_follows_the_system_and_can_be_switched(browser, site):
    page, _ = opened(browser, site / "index.html", color_scheme="dark")
    scheme = "document.body.getAttribute('data-md-color-scheme')"
    assert page.evaluate(scheme) == "slate"
    page.locator("label[title='Use the light theme']").click()
    until(page, f"{scheme} === 'default'")
    page.reload()
    until(page, f"{scheme} === 'default'")


def test_the_home_page_shows_the_report(browser, site):
    page, _ = opened(browser, site / "index.html")
    shown = "[...document.querySelectorAll('article img')].filter(i => i.naturalWidth > 600)"
    until(page, f"{shown}.some(i => i.src.includes('gallery/report'))")
