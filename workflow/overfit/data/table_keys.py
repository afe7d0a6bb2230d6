"""Keys of an entry that say how a table is to be read."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from overfit.config.model import Items, Model, Text

Names = Annotated[tuple[Text, ...], Items, Field(min_length=1)]
Letter = Annotated[str, Field(min_length=1, max_length=1)]
Delimiter = Annotated[
    Literal["whitespace"] | Letter,
    BeforeValidator(lambda value: "\t" if value in ("\\t", "tab") else value),
]
MISSING_WORDS = (
    "?", "NA", "N/A", "n/a", "NaN", "nan", "-nan", "-NaN", "NULL", "null", "None", "<NA>", "#N/A",
    "#NA", "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
)  # fmt: skip
"""The words of pandas, and a question mark."""


class TextKeys(Model):
    """The format of a table's text."""

    delimiter: Delimiter | None = None
    """The separator of cells of a text: a character (a tab is `tab`) or `whitespace`, any number of
    blanks. Default: found in the first rows."""
    encoding: Text | None = None
    """The encoding of a text, such as `utf-8` or `cp1252`. Default: found in the first bytes."""
    decimal: Literal[".", ","] = "."
    """The decimal point of numbers in a text."""
    thousands: Letter | None = None
    """The separator of thousands in a text."""
    comment: Letter | None = None
    """This character and the rest of its line are ignored, if the table is text."""
    skip: int = Field(default=0, ge=0, le=10_000)
    """Lines to skip at the beginning of a text."""
    missing_words: Annotated[tuple[Text, ...], Items] = MISSING_WORDS
    """Texts that mean that a value is missing, besides empty cells."""


class TableKeys(TextKeys):
    """The format of a table's text, and the use of its columns."""

    label: Text = "label"
    """The column of labels."""
    header: bool = True
    """Whether the first row of a text names the columns. If not, they are called 1, 2, ..., or as
    `columns` says."""
    columns: Names | None = None
    """Names of all columns of a text without header."""
    missing: Literal["refuse", "drop", "mean", "median"] = "refuse"
    """What to do with missing values: refuse the table, leave out their rows, or use the mean or
    the median of the feature in each seed's own training set."""
    one_hot: Literal["auto", "never"] | Names = "auto"
    """The columns of which each different value becomes a feature of zeros and ones. `auto`: those
    of text; a list: these, also if they have numbers."""
    most_levels: int = Field(default=50, ge=2, le=10_000)
    """The most different texts of a column that becomes one-hot by itself."""


def in_yaml(text: str) -> str:
    """A list of one text, as an entry of the catalogue has it; never read as a number or escape."""
    return json.dumps([text], ensure_ascii=False)
