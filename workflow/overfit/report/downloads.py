"""Tables inside the page, as downloads that work when the page is alone."""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from overfit.data.checked import content, read_table
from overfit.metrics.format import number

PLAIN = 8_000
"""Bytes; a larger table is compressed, and its numbers have six significant digits."""
DIGITS = "%.4g"
"""The precision of curves, which are only drawn."""


@dataclass(frozen=True)
class Download:
    """A file inside the page.

    Attributes:
        name: what the browser calls it when it saves it.
        uri: the file as a data URI, for an attribute in double quotes.
        size: its size in words.
        origin: its place among the results.
    """

    name: str
    uri: Markup
    size: str
    origin: str


def download(path: Path, name: str, origin: str) -> Download:
    """A result as a download; Parquet becomes CSV, and what is large is compressed.

    Args:
        path: the table, CSV, JSON or Parquet.
        name: its name for people, with the suffix of what is saved.
        origin: its place among the results.

    Raises:
        DataError: the file is damaged.
    """
    if path.suffix == ".parquet":
        means = read_table(path).drop(columns="seeds", errors="ignore")  # the explorer's
        text = means.to_csv(index=False, float_format=DIGITS, lineterminator="\n")
        found = text.encode()
    else:
        found = content(path)
    return packed(found, name, origin)


def packed(found: bytes, name: str, origin: str) -> Download:
    """Text as a download."""
    kind = "application/json" if name.endswith(".json") else "text/csv"
    if len(found) > PLAIN:
        found = _LONG.sub(_shorter, found)
        small = gzip.compress(found, mtime=0)
        uri = f"data:application/gzip;base64,{b64encode(small).decode('ascii')}"
        return Download(f"{name}.gz", Markup(uri), _words(len(small)), origin)  # noqa: S704
    uri = f"data:{kind};charset=utf-8,{quote(found, safe=_SAFE)}"
    return Download(name, Markup(uri), _words(len(found)), origin)  # noqa: S704


_LONG = re.compile(rb"-?\d+\.\d{4,}(?:e[+-]?\d+)?")


def _shorter(number: re.Match[bytes]) -> bytes:
    return f"{float(number[0]):.6g}".encode()


_SAFE = " !$()*+,-./:;=?@[]_|~"
"""What needs no escape in the attribute."""


def _words(size: int) -> str:
    return f"{number(max(size, 1000) / 1000, decimals=0)} kB"
