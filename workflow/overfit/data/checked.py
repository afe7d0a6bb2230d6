"""Files that other jobs wrote, read in a way that notices damage.

Parquet pages and the members of an .npz file carry CRC-32 checksums; both end with a footer, so
that a truncated file is noticed, too.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overfit.data.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def read_table(path: Path | str) -> pd.DataFrame:
    """Read a Parquet file that `overfit.jobs.write_table` wrote.

    Raises:
        FileNotFoundError: there is none.
        DataError: it is damaged.
    """
    import pyarrow as pa  # here, since jobs that read no table would wait for it
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path, page_checksum_verification=True).to_pandas()
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise damaged(path, error) from error


def read_arrays(path: Path | str) -> dict[str, NDArray[Any]]:
    """Read all arrays of an .npz file. Nothing in it can run code: pickles are refused.

    Raises:
        FileNotFoundError: there is none.
        DataError: it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            # Before NumPy reads the header of an array, which it would try to parse.
            if member := archive.testzip():
                raise zipfile.BadZipFile(f"bad CRC-32 for {member}")
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise damaged(path, error) from error


def check_sha256(path: Path | str, array: NDArray[Any], expected: str) -> None:
    """Check that the bytes of an array read from `path` are those that were written.

    Raises:
        DataError: they are not.
    """
    if hashlib.sha256(np.ascontiguousarray(array).data).hexdigest() != expected:
        raise damaged(path, "its SHA-256 is not the one on the dataset's card")


def damaged(path: Path | str, why: object) -> DataError:
    """The error for a file that is not as it was written."""
    return DataError(f"{path} is damaged ({why}); delete it and run again")
