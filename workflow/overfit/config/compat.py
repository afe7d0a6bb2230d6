"""`compat: book`: the conventions of a book as one setting.

A convention says how a part works, never that it is on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict

from overfit.config.merging import Draft
from overfit.config.problems import did_you_mean, say
from overfit.config.settings import Settings

CompatName = Literal["book"]
CONVENTIONS: Mapping[str, Mapping[str, Any]] = {
    "book": {
        "data.draw": "first",
        "train.sampling": "replacement",
        "dropout.scaling": "test_time",
        "batch_norm.momentum": 0.1,  # the book's 0.9, which is the weight of the old statistics
        "batch_norm.eps": 1e-6,  # its 10e-7
        "batch_norm.running_variance": "biased",
        "batch_norm.initial_variance": 0.0,
    }
}
"""The settings of each bundle, by dotted key.

Source: K. Saitoh, Deep Learning from Scratch, 6.3 and 6.4, and the code that comes with it.
"""


class WrittenSettings(Settings):
    """Settings as people write them."""

    model_config = ConfigDict(title="Settings")

    compat: CompatName | None = None
    """A bundle of conventions; `book` are those of *Deep Learning from Scratch*. What is written
    beside it or above it wins."""


def with_conventions(draft: Draft) -> Draft:
    """The draft with the settings that its `compat` stands for, and without `compat`.

    A convention lies just below what is written beside `compat`: it replaces what lower layers say,
    and yields to what the same layer and higher ones say. Parts that are off stay off.
    """
    name, chosen = draft.values.get("compat"), draft.writing(("compat",))
    draft = draft.without("compat")
    for key, value in CONVENTIONS.get(str(name), {}).items():
        part, setting = key.split(".")
        on = draft.values.get(part) is True or isinstance(draft.values.get(part), Mapping)
        if on and draft.writing((part, setting)).layer < chosen.layer:
            draft.put(key, value, chosen.source, chosen.path)
    return draft


def compat_mistake(name: Any) -> str | None:
    """What is wrong with a value of `compat`."""
    if name is None or name in list(CONVENTIONS):
        return None
    return f"{say(name)} is not known{did_you_mean(name, CONVENTIONS)}"
