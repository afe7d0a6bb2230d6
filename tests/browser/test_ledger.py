"""Filters, sorting and links of the claims, by mouse and keyboard, and without scripts."""

from __future__ import annotations

import pytest

from tests.browser.conftest import until

pytestmark = pytest.mark.xdist_group("browser")


def shown(page) -> list[str]:
    """The visible claims, from top to bottom."""
    rows = page.locator(".ledger .claim:visible")
    return rows.evaluate_all("rows => rows.map(row => row.dataset.says)")


def told(page) -> str:
    return page.locator(".filters output").inner_text()


def tells(page, text) -> None:
    until(page, f"document.querySelector('.filters output').value === '{text}'")


def test_topics_are_folded_until_they_are_opened(open_page):
    page = open_page()
    assert shown(page) == []
    assert told(page) == "6 of 6 claims"
    topic = page.locator(".fold", has_text="Weight decay")
    assert topic.get_attribute("aria-expanded") == "false"
    topic.press("Enter")
    assert len(shown(page)) == 3
    assert topic.get_attribute("aria-expanded") == "true"
    topic.click()
    assert shown(page) == []


def test_topic_verdict_and_words_filter_together(open_page):
    page = open_page()
    page.locator("select[name=topic]").select_option(label="Weight decay (3)")
    assert len(shown(page)) == 3
    (topic,) = page.locator(".ledger tbody.topic:visible .name").all_inner_texts()
    assert topic.strip() == "Weight decay"
    page.get_by_label("Verdict").select_option("contradicted")
    assert shown(page) == ["It raises test accuracy."]
    assert told(page) == "1 of 6 claims"
    assert page.locator(".none").is_hidden()
    page.get_by_label("Words").fill("NOTHING like it")
    assert shown(page) == []
    assert page.locator(".none").inner_text().startswith("No claim matches.")
    page.get_by_role("button", name="Show all").click()
    tells(page, "6 of 6 claims")
    assert page.locator(".none").is_hidden()


def test_source_and_status_are_filters_too(open_page):
    page = open_page()
    page.locator("select[name=source]").select_option("other")
    assert shown(page) == ["It costs accuracy on the training images."]
    page.locator("select[name=source]").select_option("own")
    assert told(page) == "5 of 6 claims"
    page.get_by_label("Status").select_option("exploratory")
    assert told(page) == "5 of 6 claims"


def test_filters_are_in_the_address_and_the_back_button_undoes_them(open_page):
    page = open_page()
    page.get_by_label("Verdict").select_option("supported")
    assert page.url.endswith("#claims?verdict=supported")
    page.get_by_label("Words").fill("weight decay")
    page.get_by_label("Words").press("Enter")
    assert page.url.endswith("#claims?verdict=supported&words=weight+decay")
    assert shown(page) == ["Weight decay narrows the gap."]
    page.go_back()
    tells(page, "2 of 6 claims")
    assert page.get_by_label("Words").input_value() == ""
    page.go_back()
    tells(page, "6 of 6 claims")
    page.go_forward()
    tells(page, "2 of 6 claims")


def test_an_address_with_filters_can_be_shared(open_page, report):
    page = open_page()
    page.goto(f"{report.as_uri()}#claims?topic=topic-2-weight-decay&verdict=inconclusive&source=x")
    tells(page, "1 of 6 claims")
    assert shown(page) == ["It costs accuracy on the training images."]
    assert page.locator("select[name=source]").input_value() == ""
    until(page, "document.querySelector('#claims').getBoundingClientRect().y < 900")


def test_a_column_is_sorted_from_the_keyboard_and_says_so(open_page):
    page = open_page()
    page.get_by_label("Words").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.closest('th')?.dataset.sort") != "says":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert len(shown(page)) == 6
    assert shown(page) == sorted(shown(page))
    assert told(page) == "6 of 6 claims, by finding, ascending"
    page.keyboard.press("Enter")
    assert shown(page) == sorted(shown(page), reverse=True)
    head = page.get_by_role("columnheader", name="Finding")
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("[aria-sort=none]").count() == 3


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
    tells(page, "2 of 6 claims")
    assert page.url.endswith("#claims?verdict=supported")


def test_a_finding_leads_to_its_evidence(open_page):
    page = open_page()
    page.locator(".findings").get_by_role("link", name="Test accuracy is lower").click()
    assert page.url.endswith("#claim-weight_decay-helps-test")
    evidence = page.locator(":target")
    assert "is below 0" in evidence.inner_text()
    until(page, "document.querySelector(':target').getBoundingClientRect().y < 900")


def test_reasons_are_in_a_card_that_escape_closes(open_page):
    page = open_page(width=1440)
    page.get_by_role("button", name="Weight decay").click()
    why = page.locator("#why-weight_decay-helps-test")
    assert why.is_hidden()
    page.locator("#claim-weight_decay-helps-test .because").press("Enter")
    assert "is below 0" in why.inner_text()
    row, card = (
        page.locator(f"#{one}-weight_decay-helps-test").bounding_box() for one in ("claim", "why")
    )
    assert card["x"] >= row["x"]
    assert card["y"] + card["height"] <= 900
    page.keyboard.press("Escape")
    assert why.is_hidden()


def test_a_link_to_a_claim_shows_it_even_if_it_was_filtered_away(open_page):
    page = open_page()
    page.locator("select[name=topic]").select_option(label="Weight decay (3)")
    page.locator(".findings").get_by_role("link", name="Training takes fewer").click()
    tells(page, "6 of 6 claims")
    assert "Training takes fewer updates." in page.locator(":target").inner_text()


def test_a_link_into_a_section_unfolds_it(open_page):
    page = open_page()
    assert page.locator("#figure-weight_decay-learning_curves").is_hidden()
    page.locator(".contents").get_by_role("link", name="Weight decay").last.click()
    page.locator("#figure-weight_decay-learning_curves").wait_for(state="visible")
    page.get_by_role("link", name="summary.csv").first.wait_for(state="hidden")
    page.evaluate("location.hash = '#data-searched-summary.csv'")
    page.locator("#data-searched-summary\\.csv").wait_for(state="visible")


def test_every_link_within_the_page_has_a_target(open_page):
    page = open_page()
    lost = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.hash)"
        ".filter(hash => !document.getElementById(hash.slice(1).split('?')[0]))"
    )
    assert lost == []


def test_without_scripts_it_is_a_plain_table(open_page):
    page = open_page(java_script_enabled=False)
    assert page.locator(".ledger .claim:visible").count() == 6
    assert not page.locator(".filters").is_visible()
    assert page.locator(".ledger thead button").count() == 0


def test_a_source_is_copied(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    source = page.locator(".source").first
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
