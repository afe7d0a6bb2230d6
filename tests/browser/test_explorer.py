"""The explorer in a real browser: what is chosen and moved is what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.browser.conftest import until
from tests.peers import required
from tests.report.explored import L2, SEEDS, accuracy, quantile, single, sweep, write_explored

expect = required("playwright.sync_api", "playwright").expect
pytestmark = pytest.mark.xdist_group("browser")

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"' 过拟合 تنظيم" + " long" * 80


@pytest.fixture(scope="module")
def explored(tmp_path_factory):
    study = write_explored(tmp_path_factory.mktemp("explored"), single(), sweep())
    study.results.report.write_text(study.html(), encoding="utf-8")
    return study.results.report


@pytest.fixture
def explorer(open_page, explored):
    """Opens the page and waits for its charts."""

    def opened(path=explored, **context):
        page = open_page(path, **context)
        drawn(page)
        return page

    return opened


def drawn(page, state=""):
    """Wait until the charts show a state: `experiment view places`."""
    page.locator("#explorer").scroll_into_view_if_needed()
    page.locator(f".explorer[data-drawn{state and f'^={state!r}'}]").wait_for()


def values(page):
    """The texts of the table below the charts, row by row."""
    rows = page.locator(".values tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def end(split, variant, l2):
    return 100 * sum(accuracy(split, variant, l2, 40, seed) for seed in range(SEEDS)) / SEEDS


def extent(page):
    """How wide the densities of all weights are, in pixels."""
    return page.locator(".of-weights .mark-rect.role-mark").first.bounding_box()["width"]


def t_interval(values):
    mean, error = np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values))
    reach = stats.t.ppf(0.975, len(values) - 1) * error
    return mean, mean - reach, mean + reach


def test_it_begins_with_an_experiment_that_has_a_slider(explorer):
    page = explorer()
    assert page.locator(".controls select").first.input_value() == "sweep"
    assert page.get_by_role("slider", name="L2 penalty").is_visible()
    assert page.locator(".explorer .without").is_hidden()
    assert page.locator(".of-curves svg path").count() > 4


def test_the_slider_moves_curves_and_weights_together(explorer):
    page = explorer()
    slider = page.get_by_role("slider", name="L2 penalty")
    slider.focus()
    slider.press("Home")
    drawn(page, "sweep accuracy 0")
    before = extent(page), values(page)
    curve = page.locator(".of-curves .mark-line path").first.get_attribute("d")
    slider.press("End")
    drawn(page, "sweep accuracy 3")
    assert slider.get_attribute("aria-valuetext") == "0.1"
    after = extent(page), values(page)
    ratio = quantile(100, 2, L2[3]) / quantile(100, 2, L2[0])
    assert after[0] / before[0] == pytest.approx(ratio, abs=0.05)
    assert "40.0 % zeros" in page.locator(".of-weights svg").text_content()
    assert page.locator(".of-curves .mark-line path").first.get_attribute("d") != curve
    for (_, shown), l2 in ((before, L2[0]), (after, L2[3])):
        for row, variant in zip(shown, ("plain", "dropout"), strict=True):
            for text, split in zip(row[1:], ("train", "test"), strict=False):
                assert float(text.split()[0]) == pytest.approx(end(split, variant, l2), abs=0.06)


def test_variants_and_metrics_are_chosen(explorer):
    page = explorer()
    lines = page.locator(".of-curves .mark-line path")
    assert lines.count() == 4  # two variants, training and test
    page.get_by_role("checkbox", name="Dropout 0.2").uncheck()
    expect(lines).to_have_count(2)
    assert [row[0] for row in values(page)] == ["Plain"]
    page.get_by_label("Metric").select_option("gap")
    drawn(page, "sweep gap")
    assert lines.count() == 1
    assert "Gap" in page.locator(".of-curves figcaption").inner_text()


def test_an_experiment_without_a_grid_has_curves_alone(explorer):
    page = explorer()
    page.get_by_role("combobox", name="Experiment").select_option("single")
    drawn(page, "single")
    assert page.locator(".sliders input").count() == 0
    assert page.locator(".of-curves").is_visible()
    assert page.locator(".of-ends").is_hidden()
    assert page.locator(".of-weights").is_hidden()
    assert page.locator(".to-experiment").get_attribute("href") == "#experiment-single"


def test_pointing_at_curves_tells_their_values(explorer):
    page = explorer()
    page.locator(".of-curves .chart").hover(position={"x": 200, "y": 120})
    page.locator(".tip").wait_for(state="visible")
    told = page.locator(".tip").inner_text()
    assert told.startswith("Epoch ")
    epoch = int(told.split()[1])
    rows = page.locator(".tip tr").all_inner_texts()
    assert len(rows) == 4
    seeds = [accuracy("train", "plain", 0.001, epoch, seed) for seed in range(SEEDS)]
    name, _, numbers = rows[0].partition("\t")
    assert name == "Plain, training accuracy"
    assert float(numbers.split()[0]) == pytest.approx(100 * sum(seeds) / SEEDS, abs=0.06)
    page.locator("#explorer").hover()
    page.locator(".tip").wait_for(state="hidden")


def test_every_seed_is_a_line(explorer):
    page = explorer()
    lines = page.locator(".of-curves .mark-line path")
    assert lines.count() == 4
    page.get_by_role("checkbox", name="Every seed").check()
    expect(lines).to_have_count(4 + 4 * SEEDS)
    page.get_by_label("Metric").select_option("gap")
    drawn(page, "sweep gap")
    expect(lines).to_have_count(2 + 2 * SEEDS)
    page.get_by_label("Metric").select_option("loss")
    drawn(page, "sweep loss")
    expect(lines).to_have_count(4)


def test_a_pinned_setting_stays_and_differences_are_paired(explorer):
    page = explorer()
    slider = page.get_by_role("slider", name="L2 penalty")
    slider.press("Home")
    page.get_by_role("button", name="Pin this setting").click()
    assert "Pinned: L2 penalty 0" in page.locator(".pinned").inner_text()
    slider.press("End")
    drawn(page, "sweep accuracy 3")
    expect(page.locator(".of-curves .mark-line path")).to_have_count(8)
    for row, variant in zip(values(page), ("plain", "dropout"), strict=True):
        for text, split in zip(row[1:3], ("train", "test"), strict=True):
            paired = [
                100 * (accuracy(split, variant, L2[3], 40, s) - accuracy(split, variant, 0, 40, s))
                for s in range(SEEDS)
            ]
            wanted = t_interval(paired)
            told = text.splitlines()[1].replace("−", "-").replace("[", "").replace("]", "")
            shown = [float(number) for number in told.replace(",", "").split()]
            assert shown == pytest.approx(wanted, abs=0.06)
    page.get_by_role("button", name="Unpin").click()
    expect(page.locator(".of-curves .mark-line path")).to_have_count(4)
    assert page.locator(".change").count() == 0


def test_variants_are_compared_with_the_only_pinned_one(explorer):
    page = explorer()
    page.get_by_role("checkbox", name="Dropout 0.2").uncheck()
    page.get_by_role("button", name="Pin this setting").click()
    page.get_by_role("checkbox", name="Dropout 0.2").check()
    expect(page.locator(".change")).to_have_count(3)
    assert page.locator(".values tbody tr").first.locator(".change").count() == 0


def test_points_of_a_slider_are_at_their_places(explorer):
    page = explorer()
    slider = page.get_by_role("slider", name="L2 penalty")
    slider.press("Home")
    found = []
    for _ in L2:
        found.append((slider.input_value(), slider.get_attribute("aria-valuetext")))
        slider.press("ArrowRight")
    places = ["0", "333", "667", "1000"]
    assert found == list(zip(places, ["0", "0.001", "0.01", "0.1"], strict=True))
    slider.fill("600")  # dragged to between two points: the nearest
    assert slider.get_attribute("aria-valuetext") == "0.01"
    assert slider.input_value() == "667"


def test_a_state_is_in_the_address_and_comes_back(explorer, open_page, explored):
    page = explorer()
    page.get_by_role("slider", name="L2 penalty").press("Home")
    page.get_by_role("button", name="Pin this setting").click()
    page.get_by_role("slider", name="L2 penalty").press("End")
    page.get_by_role("checkbox", name="Dropout 0.2").uncheck()
    page.get_by_role("checkbox", name="Every seed").check()
    page.get_by_label("Metric").select_option("gap")
    drawn(page, "sweep gap 3")
    address = page.evaluate("location.hash")
    wanted = "experiment=sweep&metric=gap&variants=0&at=3&seeds=1&pin=0%3A0,1"
    assert address == f"#explorer?{wanted}"
    other = open_page(explored)
    other.evaluate(f"location.hash = {address!r}")
    drawn(other, "sweep gap 3")
    assert values(other) == values(page)
    assert other.get_by_role("checkbox", name="Every seed").is_checked()
    other.evaluate("location.hash = 'explorer?experiment=single'")
    drawn(other, "single")


@pytest.mark.parametrize("state", ["experiment=none&at=9&variants=x,7&metric=no&pin=z:9", "at=-1"])
def test_an_address_of_nothing_is_no_error(open_page, explored, state):
    page = open_page(explored)
    page.evaluate(f"location.hash = 'explorer?{state}'")
    drawn(page, "sweep accuracy")


def test_everything_is_reached_from_the_keyboard(explorer):
    page = explorer()
    page.get_by_role("combobox", name="Experiment").focus()
    focused = "(({ name, type, className }) => name || type || className)(document.activeElement)"
    reached = []
    for _ in range(8):
        reached.append(page.evaluate(focused))
        page.keyboard.press("Tab")
    assert reached == [
        "experiment",
        "view",
        "to-experiment",
        "variant",
        "variant",
        "seeds",
        "button",
        "range",
    ]


def test_it_follows_the_theme(explorer):
    page = explorer()
    stroke = "getComputedStyle(document.querySelector('.of-curves .mark-line path')).stroke"
    light = page.evaluate(stroke)
    page.emulate_media(color_scheme="dark")
    until(page, f"{stroke} !== '{light}'")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    until(page, f"{stroke} === '{light}'")


def test_hostile_text_is_text(explorer, tmp_path):
    spoilt = sweep(title=HOSTILE, labels={"plain": HOSTILE, "dropout": "Dropout 0.2"})
    study = write_explored(tmp_path, spoilt)
    path = tmp_path / "report.html"
    path.write_text(study.html(), encoding="utf-8")
    page = explorer(path, width=400)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    assert page.locator(".controls option").first.inner_text() == HOSTILE
    assert page.locator(".variants bdi").first.inner_text() == HOSTILE
    page.locator(".of-curves .chart").hover(position={"x": 200, "y": 120})
    page.locator(".tip").wait_for(state="visible")
    assert page.locator(".tip th").first.inner_text() == f"{HOSTILE}, training accuracy"
    assert page.locator(".explorer img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_without_javascript_a_note_says_what_is_missing(open_page, explored):
    page = open_page(explored, java_script_enabled=False)
    assert "With JavaScript" in page.locator(".explorer .without").inner_text()
    assert page.locator(".workbench").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(explorer, scheme):
    axe = required("axe_playwright_python.sync_playwright", "axe-playwright-python").Axe()
    found = axe.run(explorer(color_scheme=scheme)).response["violations"]
    faults = [
        f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert faults == []


@pytest.mark.parametrize("width", [320, 400, 1200])
def test_it_fits_the_page(explorer, width):
    page = explorer(width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for chart in page.locator(".charts .chart svg").all():
        assert 200 < chart.bounding_box()["width"] <= width
