"""Text that would break a page, everywhere where the page shows somebody's text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from overfit.claims.claim import Claim
from overfit.config.experiment_file import Reported
from overfit.report.page import Failure
from tests.browser.test_explorer import drawn
from tests.browser.test_page import unfold
from tests.report.explored import sweep, write_explored
from tests.report.study import SVG, small, write_claims

pytestmark = pytest.mark.xdist_group("browser")

MARKUP = "</script></style></title>--><script>hacked=1</script><img src=x onerror='hacked=1'>"
SCRIPTS = "{{ 7 * 7 }} &lt; \"' 过拟合与权重衰减 تنظيم الشبكات"
LONG = "long" * 60 + " and" * 60


def said(place: str) -> str:
    return f"{place}: {MARKUP}{SCRIPTS} {LONG}"


EXPERIMENT = {part: said(part) for part in ("title", "question", "cites", "topic", "text")}
CLAIM = {part: said(f"claim {part}") for part in ("says", "cites", "because")}
FIGURE = {part: said(f"figure {part}") for part in ("caption", "cites")}
OTHERS = ["label", "dataset", "yaml", "number", "left out", "reason", "log", "cpu", "package"]
TEXTS = [*EXPERIMENT.values(), *CLAIM.values(), *FIGURE.values(), *map(said, OTHERS)]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A page with such text wherever the page shows text of an experiment or of the machine."""
    experiment = sweep(name="weight_decay", **EXPERIMENT)
    settings = experiment.cells[0].run.settings
    data = settings.data.model_copy(update={"dataset": said("dataset")})
    cells = tuple(
        replace(
            cell,
            run=cell.run.model_copy(
                update={"settings": settings.model_copy(update={"data": data})}
            ),
        )
        for cell in experiment.cells
    )
    test = {"difference": "gap", "of": "dropout", "minus": "plain", "at": {"penalty.l2": 0.01},
            "expect": "below", "margin": 0.02}  # fmt: skip
    claim = Claim.model_validate({"id": "helps-test", "says": "It helps.", "test": test})
    because = {"contradicted": CLAIM["because"]}
    figure = small()[0].figures[0].model_copy(update={"name": "curves", **FIGURE})
    number = Reported(of="plain", metric="gap", at=test["at"], value=0.1, cites=said("number"))
    experiment = replace(
        experiment,
        labels={"plain": said("label"), "dropout": "Dropout"},
        cells=cells,
        claims=(claim.model_copy(update={**CLAIM, "because": because}),),
        figures=(figure,),
        reported=(number,),
        sources={"x.yaml": said("yaml")},
    )
    study = write_explored(tmp_path_factory.mktemp("hostile"), experiment)
    write_claims([experiment], study.results.claims)
    drawing = study.results.experiment("weight_decay").figure("curves")
    drawing.parent.mkdir()
    drawing.write_text(SVG)
    study.provenance["machine"]["cpu"] = said("cpu")
    study.provenance["code"]["packages"][said("package")] = "1"
    failed = [Failure(output="results/x.svg", log=said("log"), reason=said("reason"))]
    html = study.html(failed=failed, left_out={"x": said("left out")})
    study.results.report.write_text(html, encoding="utf-8")
    return study.results.report


@pytest.mark.parametrize("width", [400, 800, 1200])
def test_hostile_text_is_text_wherever_it_stands(open_page, hostile, width):
    page = open_page(hostile, width=width)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    drawn(page)
    unfold(page)
    page.evaluate(
        "document.querySelectorAll('[popover]').forEach(c => c.removeAttribute('popover'))"
    )
    shown = " ".join(page.evaluate("document.body.innerText").split())
    assert [text for text in TEXTS if text not in shown] == []
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.evaluate("document.images.length") == 2  # and its thumbnail
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    scripts = page.evaluate("document.querySelectorAll('script:not([type])').length")
    assert scripts == policy.count("'sha256-")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tables = page.locator(".scroll table").evaluate_all("all => all.map(one => one.offsetWidth)")
    assert max(tables) < 1200


def test_hostile_claims_are_filtered_and_sorted(open_page, hostile):
    page = open_page(hostile)
    page.get_by_label("Words").fill("</SCRIPT></style> 过拟合")
    assert page.locator(".filters output").inner_text() == "1 of 1 claims"
    page.locator("select[name=topic]").select_option(index=1)
    page.get_by_role("button", name="Finding").click()
    assert page.locator(".ledger .claim:visible").count() == 1
    assert page.evaluate("typeof hacked") == "undefined"
