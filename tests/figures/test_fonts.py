"""Text in any script: drawn where a font has it, and said where none has."""

import os
from io import BytesIO

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from overfit.figures import theme
from overfit.figures.theme import save_both, themed

TITLE = "过拟合与权重衰减"


def titled(title: str) -> Figure:
    with themed():
        figure = Figure(figsize=(3, 1))
        figure.suptitle(title)
    return figure


def pixels(title: str):
    file = BytesIO()
    with themed(), theme.missing_reported():
        titled(title).savefig(file, format="png")
    return np.asarray(Image.open(file).convert("L"))


@pytest.fixture
def no_fallback(monkeypatch):
    monkeypatch.setattr("overfit.figures.theme.families", lambda: [theme.FAMILY])


def test_chinese_titles_are_drawn(tmp_path, caplog):
    if not theme._installed():
        message = "no Chinese font is installed; apt-get install fonts-wqy-microhei"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    save_both(titled(TITLE), tmp_path / "figure")
    assert caplog.messages == []
    assert not (pixels("过拟") == pixels("衰减")).all()  # two boxes would look alike


def test_characters_that_no_font_has_are_named_with_a_remedy(tmp_path, caplog, capsys, no_fallback):
    save_both(titled(f"{TITLE}{TITLE}"), tmp_path / "figure")
    [message] = caplog.messages
    assert "过 (U+8FC7), 拟 (U+62DF)" in message
    assert message.count("U+") == len(TITLE)
    assert "fonts-noto-cjk" in message
    assert message in capsys.readouterr().err
    assert (pixels("过拟") == pixels("衰减")).all()


def test_other_warnings_still_warn():
    import warnings

    with pytest.warns(UserWarning, match="something else"), theme.missing_reported():
        warnings.warn("something else", stacklevel=1)


def test_a_font_that_matplotlib_did_not_know_of_is_found(monkeypatch):
    """Its list of fonts is older than a font that was installed since."""
    if not theme._installed():
        pytest.skip("no Chinese font is installed; apt-get install fonts-wqy-microhei")
    manager = theme.font_manager.fontManager
    older = [font for font in manager.ttflist if font.name not in theme.FALLBACKS]
    monkeypatch.setattr(manager, "ttflist", older)
    assert theme._installed()
