"""Labels of any kind become numbers from 0; classes keep the names that the source gives them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overfit.config.problems import and_more, listed
from overfit.data.checked import DataError

if TYPE_CHECKING:
    from overfit.data.readers import Part

MOST = 256
"""The most classes."""
SHOWN = 10
"""The most classes that a message lists."""
_WHOLE = re.compile(r"[-+]?\d{1,18}(\.0*)?")

Labels = NDArray[np.uint8]


def encoded(
    parts: Sequence[Part], names: Sequence[str] | None, classes: int | None
) -> tuple[list[Labels], tuple[str, ...]]:
    """Numbers from 0 for the labels of a dataset, and the names of its classes in that order.

    The classes are those of the pool.

    Labels may be text, bool, whole numbers of any type from any start and with gaps, a column
    (n, 1), or one-hot (n, K). Numbers are ordered by size, text by the alphabet, and the columns of
    one-hot labels as they are. Numbers that are already below the number of classes stay.

    Args:
        parts: the pool, and the test set if it is separate.
        names: the classes in order: text or numbers as in the source; or, if the source has
            numbers, words for these numbers in ascending order.
        classes: their number; None to count them.

    Raises:
        DataError: a value is not the label of a class, or there are more or fewer classes than
            the catalogue says.
    """
    values = [_values(part) for part in parts]
    hot = [part.labels.shape[1] for part in parts if part.labels.shape[1:] not in ((), (1,))]
    classes = classes or max(hot, default=None)
    if len({array.dtype.kind for array in values}) > 1:
        raise DataError("the labels of the pool and of the test set are not of one kind")
    if not all(array.size for array in values):
        raise DataError("there are no labels")
    distinct = np.unique(values[0]).tolist()
    if len(distinct) < 2 and not hot:
        raise DataError(f"all labels are {distinct[0]}; at least two classes are needed")
    order, called = _ordered(distinct, names, classes)
    position = {value: label for label, value in enumerate(order)}
    for part, array in zip(parts, values, strict=True):
        for value in np.unique(array).tolist():
            if value not in position:
                rows = np.flatnonzero(array == value)
                more, known = and_more(len(rows)), listed(map(repr, order), SHOWN)
                raise DataError(
                    f"{part.where(rows[0])}: the label {value!r}{more} is not one of the classes "
                    f"{known}"
                )
    return [_positions(array, position) for array in values], tuple(called)


def class_name(names: Sequence[str], label: int) -> str:
    """The name of a class in messages: `class 3`, or `class 'benign'`."""
    name = names[label] if label < len(names) else str(label)
    return f"class {name}" if _WHOLE.fullmatch(name) else f"class {name!r}"


def _values(part: Part) -> NDArray[Any]:
    """One value per example: int64, bool or text."""
    array = part.labels
    if array.ndim == 2:
        array = array[:, 0] if array.shape[1] == 1 else _hot(part)
    kind = array.dtype.kind
    if kind == "b":
        return array
    if kind in "SUO":
        texts = np.array([_text(value) for value in array.tolist()], np.str_)
        distinct, inverse = np.unique(texts, return_inverse=True)
        if not all(map(_WHOLE.fullmatch, distinct.tolist())):
            return texts
        return np.array([_number(text) for text in distinct.tolist()], np.int64)[inverse]
    whole = np.isfinite(array) & (array == np.floor(array)) & (np.abs(array) < 2.0**63)
    if not whole.all():
        row = int(np.argmin(whole))
        raise DataError(
            f"{part.where(row)}: the label {array[row]} is not a whole number; classes are whole "
            "numbers below 2^63, or text"
        )
    return array.astype(np.int64)


def _hot(part: Part) -> NDArray[np.intp]:
    """The columns of the ones in one-hot labels."""
    array = part.labels
    one = ((array == 1).sum(axis=1) == 1) & ((array != 0).sum(axis=1) == 1)
    if not one.all():
        row = int(np.argmin(one))
        raise DataError(
            f"{part.where(row)}: of labels of shape {array.shape}, each row must be one-hot, a "
            "single 1 among zeros"
        )
    return array.argmax(axis=1)


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _number(text: str) -> int:
    return int(text.partition(".")[0])


def _ordered(
    distinct: list[Any], names: Sequence[str] | None, classes: int | None
) -> tuple[list[Any], list[str]]:
    """The values of the classes in order, and what they are called."""
    text = isinstance(distinct[0], str)
    if names is not None and (text or all(_WHOLE.fullmatch(name) for name in names)):
        return [name if text else _number(name) for name in names], list(names)
    count = len(names) if names is not None else classes
    in_range = count is not None and not text and 0 <= distinct[0] <= distinct[-1] < count
    order = list(range(count)) if count is not None and in_range else distinct
    if len(order) > MOST:
        raise DataError(
            f"the labels have {len(order)} different values, such as {listed(order[:3])}; at most "
            f"{MOST} classes are possible, so they may not be what you want to predict"
        )
    if count is not None and len(order) != count:
        said = f"{count} names" if names is not None else f"classes: {count}"
        raise DataError(
            f"the labels have {len(order)} different values "
            f"({listed(map(repr, order), SHOWN)}), but the catalogue has {said}"
        )
    if isinstance(distinct[0], bool):
        order = [False, True]
    return order, list(names) if names is not None else [str(value) for value in order]


def _positions(array: NDArray[Any], position: dict[Any, int]) -> Labels:
    distinct, inverse = np.unique(array, return_inverse=True)
    codes = np.array([position[value] for value in distinct.tolist()], np.uint8)
    return codes[inverse]
