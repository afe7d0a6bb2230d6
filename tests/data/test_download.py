"""Downloads from a server on this machine that refuses, breaks off, stalls or sends other bytes."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pooch
import pytest

from overfit import results
from overfit.data.checked import DataError
from overfit.data.readers import download
from overfit.data.readers.download import fetch
from tests.data.writing import FILES, entry, idx_bytes, images, labels, prepare, prepared, write_idx

CONTENT = np.random.default_rng(1).bytes(3_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
QUICK = (2.0, 0.5)
KEPT = len(CONTENT) // 2 // download.RECEIVED * download.RECEIVED
"""Of half a file, what is written: the last piece was not yet whole."""


class Server(ThreadingHTTPServer):
    """Serves `CONTENT`, or `files`; the first part of a path says how it behaves."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {"file.gz": CONTENT}
        self.asked = []

    def mirror(self, behaviour):
        return f"http://127.0.0.1:{self.server_port}/{behaviour}/"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        _, behaviour, name = self.path.split("/")
        requested = self.headers.get("Range")
        self.server.asked.append((behaviour, requested))
        content = self.server.files[name]
        if behaviour == "gone":
            self.send_error(404)
            return
        if behaviour == "damaged":
            content = content[:-1] + bytes([content[-1] ^ 1])
        start = int(requested[6:-1]) if requested and behaviour != "forgetful" else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        content = content[start:]
        if behaviour in ("half", "stalls"):
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            time.sleep(3 if behaviour == "stalls" else 0)
            return
        step = -(-len(content) // (8 if behaviour == "slow" else 1))
        for begin in range(0, len(content), step):
            self.wfile.write(content[begin : begin + step])
            time.sleep(0.1 if behaviour == "slow" else 0)


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Server() as made:
        threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
        yield made
        made.shutdown()


def get(server, *behaviours):
    return fetch("file.gz", SHA256, [server.mirror(b) for b in behaviours], timeout=QUICK)


def cached(tmp_path):
    """Names and sizes of the files in the cache."""
    files = (tmp_path / "cache").rglob("*")
    return {file.name: file.stat().st_size for file in files if file.is_file()}


def refused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_file_is_downloaded_once(server, tmp_path):
    assert get(server, "good").read_bytes() == CONTENT
    assert get(server, "good").read_bytes() == CONTENT
    assert server.asked == [("good", None)]
    assert cached(tmp_path) == {"file.gz": len(CONTENT)}


def test_mirrors_are_tried_in_order_until_one_gives_the_file(server):
    nobody = f"http://127.0.0.1:{refused_port()}/"
    mirrors = [nobody, *map(server.mirror, ("gone", "damaged", "good", "unused"))]
    assert fetch("file.gz", SHA256, mirrors, timeout=QUICK).read_bytes() == CONTENT
    assert [behaviour for behaviour, _ in server.asked] == ["gone", "damaged", "good"]


@pytest.mark.parametrize("breaking", ["half", "stalls"])
def test_the_next_mirror_goes_on_where_one_broke_off(server, breaking):
    assert get(server, breaking, "good").read_bytes() == CONTENT
    assert server.asked[1] == ("good", f"bytes={KEPT}-")


def test_the_next_run_goes_on_where_the_last_broke_off(server, tmp_path):
    with pytest.raises(DataError) as caught:
        get(server, "half")
    assert "the connection broke off; the received part is kept" in str(caught.value)
    assert cached(tmp_path) == {"file.gz.part": KEPT}
    assert get(server, "good").read_bytes() == CONTENT
    assert server.asked[1] == ("good", f"bytes={KEPT}-")
    assert cached(tmp_path) == {"file.gz": len(CONTENT)}


def test_a_server_that_cannot_continue_sends_all_again(server):
    assert get(server, "half", "forgetful").read_bytes() == CONTENT


def test_a_whole_file_that_was_not_yet_in_its_place_is_taken(server, tmp_path):
    folder = get(server, "good").parent
    (folder / "file.gz").rename(folder / "file.gz.part")
    assert get(server, "good").read_bytes() == CONTENT
    assert cached(tmp_path) == {"file.gz": len(CONTENT)}


def test_a_slow_server_is_waited_for_as_long_as_something_comes(server):
    started = time.monotonic()
    assert get(server, "slow").read_bytes() == CONTENT
    assert time.monotonic() - started > QUICK[1]


def test_a_damaged_download_is_kept_aside_and_named(server, tmp_path):
    with pytest.raises(DataError) as caught:
        get(server, "damaged")
    damaged = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    (name,) = cached(tmp_path)
    assert name == f"file.gz.damaged-{hashlib.sha256(damaged).hexdigest()[:8]}"
    assert name in str(caught.value)


def test_a_damaged_file_in_the_cache_is_kept_aside_and_downloaded_again(server, tmp_path):
    path = get(server, "good")
    path.write_bytes(b"altered")
    assert get(server, "good").read_bytes() == CONTENT
    aside = f"file.gz.damaged-{hashlib.sha256(b'altered').hexdigest()[:8]}"
    assert cached(tmp_path) == {"file.gz": len(CONTENT), aside: 7}


def test_without_a_network_the_message_says_why_and_where_the_file_can_be_put(server, tmp_path):
    mirrors = [
        f"http://127.0.0.1:{refused_port()}/",
        "http://no-such-host.invalid/",
        server.mirror("gone"),
        server.mirror("stalls"),
    ]
    with pytest.raises(DataError) as caught:
        fetch("file.gz", SHA256, mirrors, timeout=QUICK)
    place = tmp_path / "cache" / "overfit" / SHA256[:8] / "file.gz"
    assert str(caught.value).splitlines() == [
        "file.gz could not be downloaded:",
        f"  {mirrors[0]}file.gz: no connection",
        f"  {mirrors[1]}file.gz: no connection",
        f"  {mirrors[2]}file.gz: the server answers 404 Not Found",
        f"  {mirrors[3]}file.gz: no answer in time",
        f"Try again with a network, or put a copy of the file there by hand: {place}",
    ]
    place.write_bytes(CONTENT)
    assert fetch("file.gz", SHA256, mirrors, timeout=QUICK) == place


@pytest.fixture
def unwritable(server, tmp_path, monkeypatch):
    """A cache folder that nobody can write, not even root."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))


def test_a_cache_that_cannot_be_written_is_named_with_what_to_set(server, unwritable, tmp_path):
    with pytest.raises(DataError) as caught:
        get(server, "good")
    folder = tmp_path / "file" / "overfit" / SHA256[:8]
    assert str(caught.value) == (
        f"file.gz can't be downloaded: the cache folder {folder} can't be written: "
        "Not a directory; set XDG_CACHE_HOME to a folder that can be written"
    )
    assert not server.asked


def test_without_a_home_nothing_is_stored_in_a_folder_named_tilde(server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pooch, "os_cache", lambda name: Path("~/.cache", name))
    with pytest.raises(DataError, match=r"HOME is not set; set XDG_CACHE_HOME to a folder"):
        get(server, "good")
    assert not list(tmp_path.iterdir())


def test_a_file_in_a_cache_that_cannot_be_written_is_used(server, tmp_path, monkeypatch):
    path = get(server, "good")
    monkeypatch.setattr(results, "unwritable", lambda folder: "Permission denied")
    assert get(server, "gone") == path
    assert len(server.asked) == 1


def sums(content):
    return {name: hashlib.sha256(found).hexdigest() for name, found in content.items()}


@pytest.fixture
def four(server):
    """Four small IDX files at the server, and an entry that asks for them."""
    arrays = [images(6), labels(6), images(4), labels(4)]
    plain = dict(zip(FILES.values(), map(idx_bytes, arrays), strict=True))
    server.files = {f"{name}.gz": gzip.compress(content) for name, content in plain.items()}
    return {
        **entry("{source: download, shape: [2, 3], mirrors: ['https://example.org/']}"),
        "sha256": sums(server.files),
        "content_sha256": sums(plain),
    }


@pytest.fixture
def by_server(server, monkeypatch):
    """The catalogue admits only https; the files come from this machine all the same."""

    def from_server(name, expected, mirrors):
        return fetch(name, expected, [server.mirror("good")], timeout=QUICK)

    monkeypatch.setattr(download, "fetch", from_server)


def test_a_dataset_is_downloaded_and_prepared(server, four, by_server, tmp_path):
    prepare("four", four, tmp_path / "prepared")
    values, label, card = prepared(tmp_path / "prepared")
    np.testing.assert_array_equal(values, np.concatenate([images(6), images(4)]).reshape(10, 6))
    assert label.tolist() == [0, 1] * 5
    assert card["files"] == [f"{name}.gz" for name in FILES.values()]
    assert len(server.asked) == 4


@pytest.mark.parametrize("packing", ["", ".gz", ".xz"])
def test_files_of_a_folder_are_used_instead_of_a_download(server, four, tmp_path, packing):
    for name, array in zip(FILES.values(), [images(6), labels(6), images(4), labels(4)], strict=1):
        write_idx(tmp_path / name, array, packing)
    prepare("four", {**four, "folder": str(tmp_path)}, tmp_path / "prepared")
    assert prepared(tmp_path / "prepared")[1].tolist() == [0, 1] * 5
    assert server.asked == []


def test_an_altered_file_of_a_folder_is_refused_and_left_alone(four, tmp_path):
    for name, array in zip(FILES.values(), [images(6), labels(6), images(4), labels(4)], strict=1):
        write_idx(tmp_path / name, array)
    altered = tmp_path / FILES["test_labels"]
    altered.write_bytes(idx_bytes(1 - labels(4)))
    with pytest.raises(DataError, match=f"the content of {altered} has SHA-256 .* damaged, or it"):
        prepare("four", {**four, "folder": str(tmp_path)}, tmp_path / "prepared")
    assert altered.read_bytes() == idx_bytes(1 - labels(4))
    assert not list(Path(tmp_path).glob("*damaged*"))


def test_a_folder_without_all_four_files_is_passed_by(server, four, by_server, tmp_path):
    write_idx(tmp_path / FILES["images"], images(6))
    prepare("four", {**four, "folder": str(tmp_path)}, tmp_path / "prepared")
    assert len(server.asked) == 4
