"""Files from the network, kept in the user's cache folder and checked by SHA-256."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from overfit.config.model import Items
from overfit.data.cache import cache_folder, cache_mistake
from overfit.data.checked import DataError
from overfit.data.readers import Dataset, Loaded, Mistakes, Own, Sha256, Shape
from overfit.data.readers.idx import IDX_NAMES, idx_file, read_idx

if TYPE_CHECKING:
    import requests

log = logging.getLogger("overfit")
TIMEOUT = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next piece of an answer."""
RECEIVED = 1 << 14
"""Bytes that are written at once; a broken connection loses fewer than that."""


class DownloadDataset(Dataset):
    """Four gzipped IDX files with the names of MNIST's, downloaded once to your cache folder.

    `folder` is searched first. Nothing is downloaded before an experiment needs it. A download that
    was interrupted resumes, from another mirror if necessary.
    """

    source: Literal["download"]
    mirrors: Annotated[
        tuple[Annotated[str, Field(pattern=r"^https://.+/$")], ...], Items, Field(min_length=1)
    ]
    """Addresses of folders with the files, tried in this order."""
    sha256: dict[str, Sha256]
    """SHA-256 of each of the four gzipped files: `train-images-idx3-ubyte.gz: ...`."""
    folder: Own | None = None
    """A folder of this machine that may contain the files, packed or not."""
    content_sha256: dict[str, Sha256]
    """SHA-256 of the unpacked content of each file, to check the files of `folder`:
    `train-images-idx3-ubyte: ...`."""
    shape: Shape
    """Rows and columns of an image."""

    def _mistakes(self) -> Mistakes:
        yield from super()._mistakes()
        for key, suffix in (("sha256", ".gz"), ("content_sha256", "")):
            expected = [f"{name}{suffix}" for name in IDX_NAMES]
            if sorted(getattr(self, key)) != sorted(expected):
                yield key, f"must be given for each of {', '.join(expected)}"

    @property
    def has_test(self) -> bool:
        """MNIST's files have one."""
        return True

    def absent(self) -> str | None:
        """If neither the folder nor the cache has the files."""
        packed = ((f"{name}.gz", self.sha256[f"{name}.gz"]) for name in IDX_NAMES)
        if self._installed() or all(os.path.isfile(_cached(*one)) for one in packed):
            return None
        where = f"neither in {self.folder} nor" if self.folder else "not"
        return f"its files are {where} in your cache, {cache_folder('overfit')}"

    def _installed(self) -> list[Path] | None:
        """The four files in the folder, if all are there."""
        paths = [Path(idx_file(self.folder, name)) for name in IDX_NAMES] if self.folder else []
        return paths if paths and all(path.is_file() for path in paths) else None

    def load(self) -> Loaded:
        """The four files, from the folder if they are there, else downloaded."""
        paths = self._installed() or [
            fetch(f"{name}.gz", self.sha256[f"{name}.gz"], self.mirrors) for name in IDX_NAMES
        ]
        return read_idx(
            paths,
            self.shape,
            has_test=True,
            content_sha256=self.content_sha256,
        )


def fetch(
    name: str,
    expected: str,
    mirrors: Sequence[str],
    *,
    timeout: tuple[float, float] = TIMEOUT,
) -> Path:
    """The path of a file in the cache; it is downloaded if it isn't there.

    Mirrors are tried in order, and each resumes where the one before broke off; so does the next
    job. A file with another checksum than expected is renamed to
    `<name>.damaged-<first 8 digits of its own checksum>`.

    Args:
        name: the file's name at the mirrors.
        expected: its SHA-256.
        mirrors: addresses of folders, with the slash at their end.
        timeout: seconds to wait for a connection, and for the next piece of an answer.

    Raises:
        DataError: the cache can't be written, or no mirror has the file; the message has the
            reasons.
    """
    import pooch
    import requests

    path = _cached(name, expected)
    folder = path.parent
    failures = []
    there = os.path.isfile(path)  # unlike Path.is_file, also if the folder may not be searched
    if there and _sha256(path) == expected:
        return path
    if mistake := cache_mistake(folder):
        raise DataError(f"{name} can't be downloaded: {mistake}")
    if there:
        failures.append(f"{path}: {_set_aside(path, path)}")
        log.warning("%s", failures[-1])
    resuming = Resuming(folder / f"{name}.part", path, expected, timeout)
    for mirror in mirrors:
        try:
            pooch.retrieve(
                f"{mirror}{name}", f"sha256:{expected}", name, folder, downloader=resuming
            )
        except (requests.RequestException, DataError, OSError) as error:
            failures.append(f"{mirror}{name}: {_reason(error)}")
            log.warning("%s", failures[-1])
        else:
            return path
    tried = "".join(f"\n  {failure}" for failure in failures)
    raise DataError(
        f"{name} could not be downloaded:{tried}\n"
        f"Try again with a network, or put a copy of the file there by hand: {path}"
    )


def _cached(name: str, expected: str) -> Path:
    """The path of a file with a checksum in the cache."""
    return cache_folder("overfit") / expected[:8] / name


@dataclass(frozen=True)
class Resuming:
    """A downloader for pooch that resumes from `part`, and checks the whole file."""

    part: Path
    path: Path
    """The path of the file; a damaged one is kept next to it."""
    expected: str
    timeout: tuple[float, float]

    def __call__(self, url: str, output_file: Any, pooch: Any) -> None:
        """Download `url` to `output_file`.

        Raises:
            requests.RequestException: the server can't be reached, refuses, or breaks off.
            DataError: the file is not the expected one.
        """
        import requests

        have = self.part.stat().st_size if self.part.exists() else 0
        headers = {"Accept-Encoding": "identity"}  # a proxy must not wrap the gzip in another
        if have:
            headers["Range"] = f"bytes={have}-"
        with requests.get(url, headers=headers, stream=True, timeout=self.timeout) as answer:
            if answer.status_code != requests.codes.requested_range_not_satisfiable:
                answer.raise_for_status()
                self._receive(answer, have)
            # Else there is nothing after `part`, which may be the whole file.
        if _sha256(self.part) != self.expected:
            raise DataError(_set_aside(self.part, self.path))
        os.replace(self.part, output_file)

    def _receive(self, answer: requests.Response, have: int) -> None:
        continued = answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        with open(self.part, "ab" if continued else "wb") as file:
            for piece in answer.iter_content(RECEIVED):
                file.write(piece)


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _set_aside(damaged: Path, path: Path) -> str:
    """Rename a file that is not the expected one, so that it is not used; return a description."""
    aside = path.with_name(f"{path.name}.damaged-{_sha256(damaged)[:8]}")
    os.replace(damaged, aside)
    return f"not the expected file by its SHA-256; it is kept as {aside}"


def _reason(error: Exception) -> str:
    """Why a download failed, in a few words."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off; the received part is kept"
    if isinstance(error, requests.ConnectionError):
        return "no answer in time" if "timed out" in str(error) else "no connection"
    return str(error)
