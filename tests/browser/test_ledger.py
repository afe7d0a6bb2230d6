"""Filters, sorting and links of the claims, by mouse and keyboard, and without scripts."""

from __future__ import annotations

import pytest

from tests.browser.conftest import until

pytestmark = pytest.mark.xdist_group("browser")


def shown(page) -> list[str]:
    """The visible claims, from top to bottom."""
    return page.locator(".ledger .claim:visible th > a").all_inner_texts()


def told(page) -> str:
    return page.locator(".filters output").inner_text()


def test_topic_verdict_and_words_filter_together(open_page):
    page = open_page()
    page.locator("select[name=topic]").select_option(label="Weight decay (3)")
    assert len(shown(page)) == 3
    (topic,) = page.locator(".ledger tbody.topic:visible").all_inner_texts()
    assert topic.strip() == "Weight decay"
    page.get_by_label("Verdict").select_option("contradicted")
    assert shown(page) == ["It raises test accuracy."]
    assert told(page) == "1 of 6 claims"
    page.get_by_label("Words").fill("NOTHING like it")
    assert shown(page) == []
    page.get_by_role("button", name="Show all").click()
    until(page, "document.querySelector('.filters output').value === '6 of 6 claims'")
    assert len(shown(page)) == 6


def test_a_column_is_sorted_from_the_keyboard_and_says_so(open_page):
    page = open_page()
    page.get_by_label("Words").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Claim"
    page.keyboard.press("Enter")
    assert shown(page) == sorted(shown(page))
    assert told(page) == "6 of 6 claims, by claim, ascending"
    page.keyboard.press("Enter")
    assert shown(page) == sorted(shown(page), reverse=True)
    head = page.get_by_role("columnheader", name="Claim")
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("[aria-sort=none]").count() == 5


def test_effects_are_sorted_by_their_strength(open_page):
    page = open_page()
    page.get_by_role("button", name="Effect and 95% interval").click()
    strengths = page.locator(".claim:visible").evaluate_all(
        "rows => rows.map(row => Number(row.dataset.strength))"
    )
    assert strengths == sorted(strengths)
    assert strengths[0] < -10


def test_a_tile_shows_the_claims_of_its_verdict(open_page):
    page = open_page()
    page.locator(".tally .supported a").click()
    until(page, "document.querySelector('.filters output').value === '2 of 6 claims'")
    assert page.url.endswith("#claims")


def test_a_claim_leads_to_its_evidence(open_page):
    page = open_page()
    page.get_by_role("row").filter(has_text="It raises test accuracy.").get_by_role("link").click()
    assert page.url.endswith("#claim-weight_decay-helps-test")
    evidence = page.locator(":target")
    assert "is below 0" in evidence.inner_text()
    until(page, "document.querySelector(':target').getBoundingClientRect().y < 900")


def test_a_link_to_a_topic_shows_it_even_if_it_was_filtered_away(open_page):
    page = open_page()
    page.locator("select[name=topic]").select_option(label="Weight decay (3)")
    page.locator(".topics").get_by_role("link", name="Batch normalization").click()
    until(page, "document.querySelector('.filters output').value === '6 of 6 claims'")
    assert page.locator(":target").inner_text() == "Batch normalization"


def test_every_link_within_the_page_has_a_target(open_page):
    page = open_page()
    lost = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')]"
        ".filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash)"
    )
    assert lost == []


def test_without_scripts_it_is_a_plain_table(open_page):
    page = open_page(java_script_enabled=False)
    assert len(shown(page)) == 6
    assert not page.locator(".filters").is_visible()
    assert page.locator(".ledger thead button").count() == 0


def test_a_source_is_copied(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    source = page.locator(".source").first
    source.locator("summary").click()
    source.get_by_role("button", name="Copy").click()
    source.get_by_role("button", name="Copied").wait_for()
    pasted = page.evaluate("navigator.clipboard.readText()")
    assert pasted == source.locator("code").last.text_content()


def test_the_theme_can_be_chosen_and_is_kept(open_page):
    page = open_page(color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    page.get_by_role("button", name="Theme: auto").click()
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate(paper) == "rgb(20, 24, 28)"
    page.reload()
    # The page may be in another process now, which is told a little later what this one stored.
    until(page, "localStorage.getItem('theme') === 'dark'")
    page.reload()
    assert page.evaluate(paper) == "rgb(20, 24, 28)"
