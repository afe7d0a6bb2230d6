"""The form of a table of text: its encoding, its separator, its columns."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from overfit.data.checked import DataError
from overfit.data.streams import PIECE, opened
from overfit.data.table_keys import TableKeys

SAMPLE = 1 << 22
"""Bytes from which encoding and separator are found; also the most bytes of a row."""
RECORDS = 100
"""Rows from which the separator is found."""
SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", "whitespace": "blanks"}
"""Separators that are recognized, those first that are rare in text."""
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
FOREIGN = {
    b"\xd0\xcf\x11\xe0": "an Excel workbook; save the sheet as CSV",
    b"PAR1": "a Parquet file inside another one; unpack it",
    b"ARROW1": "a Feather file inside another one; unpack it",
    b"\x93NUMPY": "a NumPy array; use an archive (source: npz)",
    b"\x89HDF": "an HDF5 file; save it as CSV or Parquet",
    b"SQLite format 3": "an SQLite database; save the table as CSV",
    b"%PDF": "a PDF file",
    b"\x80\x04": "a Python pickle, which is never unpickled; save it as CSV or Parquet",
    b"\x80\x05": "a Python pickle, which is never unpickled; save it as CSV or Parquet",
    b"<": "a web page or XML; was the download of the file itself?",
    b"{": "JSON; save it as CSV or Parquet",
}
"""How files begin that are not tables of text."""


@dataclass(frozen=True)
class Form:
    """The encoding, the separator, the columns and the first row of a text."""

    encoding: str
    delimiter: str
    columns: list[str]
    """Names, stripped; empty if there is none."""
    lines: int
    """Lines before the first row."""
    longest: int
    """Characters of the longest line that was looked at."""
    notes: list[str]
    warnings: list[str]


def form_of(path: Path, keys: TableKeys) -> Form:
    """The form of a table, found at the beginning of the file as far as keys don't say it.

    Raises:
        DataError: the file is no table of text, or its beginning can't be read.
    """
    with opened(path) as stream:
        sample = stream.read(SAMPLE)
        complete = not stream.read(1)
    if not sample.strip():
        raise DataError(f"{path} is empty; its first line must name the columns")
    for magic, what in FOREIGN.items():
        if sample.lstrip().startswith(magic):
            raise DataError(f"{path} is {what}")
    encoding = keys.encoding or _encoding(sample)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample, final=complete)
    except UnicodeError as error:
        raise undecodable(path, encoding) from error
    if "\0" in text:
        raise DataError(f"{path} is not a table of text: it contains zero bytes")
    lines = list(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    if not complete:
        del lines[-1]
    if not lines:
        raise DataError(f"{path}, line 1: a row of {SAMPLE} bytes or more")
    notes: list[str] = []
    if encoding not in ("utf-8", "utf-8-sig") and not keys.encoding:
        notes.append(f"{path.name} is read as {encoding}; set encoding if this is wrong")
    return _formed(path, keys, lines, encoding, notes)


def _formed(path: Path, keys: TableKeys, lines: list[str], encoding: str, notes: list[str]) -> Form:
    name = path.name
    warnings: list[str] = []
    skipped, lines = keys.skip, [uncommented(line, keys.comment) for line in lines]
    longest = max(map(len, lines))
    lines = lines[skipped:]
    if not any(line.strip() for line in lines):
        raise DataError(f"{path} has no lines besides those skipped and comments")
    delimiter = keys.delimiter or _found_delimiter(lines, keys)
    if not keys.delimiter and delimiter != ",":
        notes.append(f"cells of {name} are separated by {SEPARATORS[delimiter]}")
    records = list(islice(records_of(lines, delimiter), RECORDS))
    width = Counter(len(record) for _, record in records[1:]).most_common(1)
    cells = [record for _, record in records[1:] if len(record) == width[0][0]]
    used, head = records[0]
    head = [cell.strip() for cell in head]
    if keys.header:
        if len(cells) and len(cells[0]) == len(head) + 1:
            last = any(record[-1].strip() for record in cells)
            head = ["", *head] if last else [*head, ""]
    else:
        used, number = 0, len(cells[0]) if cells else len(head)
        head = list(keys.columns or [str(i + 1) for i in range(number)])
        if keys.columns and len(head) != number:
            raise DataError(
                f"{path}, line {skipped + 1}: {number} cells, but columns has {len(head)} names"
            )
    if keys.header and any(head) and all(is_number(cell) for cell in head if cell):
        warnings.append(
            f"line {skipped + 1} of {name} names the columns, but all names are numbers; if it "
            "is a row, set header: false"
        )
    return Form(encoding, delimiter, head, skipped + used, longest, notes, warnings)


def undecodable(path: Path, encoding: str) -> DataError:
    """The first line that is no text of this encoding."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with opened(path) as stream, suppress(UnicodeError):
        while piece := stream.read(PIECE):
            try:
                line += decoder.decode(piece).count("\n")
            except UnicodeDecodeError as error:
                line += error.object[: error.start].decode(encoding, "replace").count("\n")
                break
    other = "cp1252" if encoding.startswith("utf") else "utf-8 or latin-1"
    return DataError(
        f"{path}, line {line}: not {encoding.replace('utf', 'UTF')} text; name its "
        f"encoding, such as encoding: {other}"
    )


def uncommented(line: str, comment: str | None) -> str:
    """A line without its comment."""
    if comment is None or comment not in line:
        return line
    return line.partition(comment)[0] + "\n"


def squeezed(text: str) -> str:
    """Lines with a single blank between cells, and none around them."""
    return re.sub(r"[ \t]+", " ", re.sub(r"(?m)^[ \t]+|[ \t]+(?=[\r\n]|\Z)", "", text))


def _encoding(sample: bytes) -> str:
    """The encoding of a text, from its first bytes."""
    for mark, encoding in MARKS.items():
        if sample.startswith(mark):
            return encoding
    if sample[1:40:2].count(0) > 10 or sample[0:40:2].count(0) > 10:
        return "utf-16-le" if sample[1:2] == b"\0" else "utf-16-be"
    for encoding in ("utf-8", "cp1252"):
        with suppress(UnicodeDecodeError):
            codecs.getincrementaldecoder(encoding)().decode(sample)
            return encoding
    return "latin-1"


def records_of(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Lines as lists of cells, each after the number of its last line; not the empty ones."""
    if delimiter == "whitespace":
        lines, delimiter = map(squeezed, lines), " "
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    with suppress(csv.Error):  # a cell that is too long, which pyarrow refuses
        for record in reader:
            if record:
                yield reader.line_num, record


def _found_delimiter(lines: Sequence[str], keys: TableKeys) -> str:
    """The separator that gives all rows as many cells as the first; a comma if none does."""
    fitting: list[str] = []
    for delimiter in SEPARATORS:
        if keys.decimal == delimiter or (delimiter == "whitespace" and fitting):
            continue
        records = [record for _, record in islice(records_of(lines, delimiter), RECORDS)]
        widths = {len(record) for record in records}
        spread = {len(record) for record in records[1:]} or widths
        first = len(records[0]) if records else 0
        # With a header, rows may have one cell more: their names, or an empty one at the end.
        alike = len(spread) == 1 and spread <= {first, first + keys.header}
        if alike and min(widths, default=0) > 1:
            if keys.label in [cell.strip() for cell in records[0]]:
                return delimiter
            fitting.append(delimiter)
    if fitting:
        return fitting[0]
    return next((d for d in SEPARATORS if _first_has(lines, d, keys.label)), ",")


def _first_has(lines: Sequence[str], delimiter: str, label: str) -> bool:
    """Whether the first row has the column of labels if this is the separator."""
    record = next((record for _, record in records_of(lines, delimiter)), [])
    return len(record) > 1 and label in [cell.strip() for cell in record]


def is_number(text: str) -> bool:
    """Whether a text is a number, as most programs write it."""
    return re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text.strip()) is not None
