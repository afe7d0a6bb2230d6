"""Full-size data: Fashion-MNIST as Debian packages it, 60,000 images and 10,000 to test on."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from overfit.data import Prepared
from overfit.data.checked import DataError
from tests.data.writing import FILES, entry, prepare

PACKAGE = Path("/usr/share/datasets/fashion-mnist")
OWN = (
    "{source: idx, folder: %s, shape: [28, 28], classes: 10, pool: 60000, test: 10000, "
    "rarest: 6000}"
)


@pytest.fixture(scope="module")
def package():
    """The folder of the real files."""
    if not PACKAGE.is_dir():
        message = f"{PACKAGE} is missing; apt-get install dataset-fashion-mnist"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return PACKAGE


def isolated(code, folder, repository, *arguments):
    """Run Python code in a process of its own, that prints its peak memory last: in kB."""
    done = subprocess.run(
        [sys.executable, "-c", code + PEAK, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(repository / "workflow"), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


PEAK = """
[peak] = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(peak.split()[1])
"""
PREPARE = """
import sys
from pathlib import Path
import yaml
from overfit.data.catalogue import checked
from overfit.data.prepare import prepare
catalogue = yaml.safe_load(Path(sys.argv[1]).read_text())
prepare("fashion-mnist", checked(catalogue["fashion-mnist"]), Path("."))
"""
TRAIN = """
import sys
from pathlib import Path
from overfit.jobs import training as jobs
from overfit.data import Prepared, draw_subsets
from overfit.config.specs import Recording, RunSpec
spec = RunSpec.from_yaml(sys.argv[1])
dataset = Prepared.open(Path("."))
subsets = draw_subsets(dataset.pool_labels, 59_000, 1_000, root_seed=0, seeds=range(8))
table = jobs.train_block(spec, Recording(points=(2,)), dataset, subsets).history.to_pandas()
last = table[table["split"] == "test"].groupby("seed")["accuracy"].last()
assert len(last) == 8 and (last > 0.5).all(), last
"""
SPEC = """
root_seed: 0
settings:
  data: {dataset: fashion-mnist, train: 59000, validation: 1000, standardize: %s}
  model: {hidden: [100, 100], activation: relu, init: he}
  train: {optimizer: {name: sgd, lr: 0.1}, batch_size: 100, updates: 100}
  evaluation: {points: 2}
"""


@pytest.fixture(scope="module")
def fashion(package, repository, tmp_path_factory):
    """The dataset, prepared in a process of its own, and that process's peak memory in kB."""
    folder = tmp_path_factory.mktemp("fashion-mnist")
    peak = isolated(PREPARE, folder, repository, str(repository / "config/datasets.yaml"))
    return folder, peak


def test_the_files_of_the_package_are_what_the_catalogue_says_and_are_prepared_in_order(
    package, fashion
):
    """The catalogue's checksums hold: `prepare` has compared them."""
    prepared = Prepared.open(fashion[0])
    for rows, files in (
        (slice(0, 60_000), ("images", "labels")),
        (slice(60_000, 70_000), ("test_images", "test_labels")),
    ):
        images, labels = (
            np.frombuffer(gzip.decompress((package / f"{FILES[name]}.gz").read_bytes()), np.uint8)
            for name in files
        )
        np.testing.assert_array_equal(prepared.images[rows].ravel(), images[16:])
        np.testing.assert_array_equal(prepared.labels[rows], labels[8:])
        assert set(np.bincount(prepared.labels[rows])) == {len(labels[8:]) // 10}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
def test_preparing_holds_a_piece_at_a_time(fashion):
    """55 MB of images as one array, and once more in order, would come on top of the packages."""
    assert fashion[1] < 200_000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
@pytest.mark.parametrize("standardize", ["none", "per_feature"])
def test_a_job_on_all_images_takes_less_than_500_mb(fashion, repository, standardize):
    """Eight seeds, each with 59,000 images of its own to train on: as floats, 1.5 GB."""
    assert isolated(TRAIN, fashion[0], repository, SPEC % standardize) < 500_000


def corrupted(package, folder, **spoil):
    """Links to the real files, but for those that are spoilt."""
    for name, file in FILES.items():
        source = package / f"{file}.gz"
        target = folder / source.name
        if name in spoil:
            target.write_bytes(spoil[name](source.read_bytes()))
        else:
            target.symlink_to(source)
    return folder


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0x55]) + content[middle + 1 :]


def one_less(content):
    plain = gzip.decompress(content)
    return gzip.compress(plain[:4] + (9_999).to_bytes(4, "big") + plain[8:-1])


def other_label(content):
    plain = bytearray(gzip.decompress(content))
    plain[-1] = 10
    return gzip.compress(bytes(plain))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ({"images": lambda content: content[: len(content) // 2]}, "damaged or cut off"),
        ({"test_images": flipped}, "damaged or cut off"),
        ({"labels": lambda content: content[:-4]}, "damaged or cut off"),
        ({"test_labels": one_less}, r"has shape \(9999,\); with 10000 images"),
        ({"test_labels": other_label}, "row 9999 .*: the label 10 is not one of the classes 0, 1"),
        (
            {"labels": lambda content: b"<html>Not found</html>"},
            "is not an IDX file: .* 3c 68 74 6d",
        ),
    ],
)
def test_a_corrupted_copy_is_refused_with_and_without_checksums(
    package, repository, tmp_path, spoil, message
):
    folder = corrupted(package, tmp_path, **spoil)
    catalogue = yaml.safe_load((repository / "config/datasets.yaml").read_text())
    checked = catalogue["fashion-mnist"] | {"folder": str(folder)}
    with pytest.raises(DataError, match="has SHA-256 .* the file is damaged|damaged or cut off"):
        prepare("fashion-mnist", checked, tmp_path / "prepared")
    with pytest.raises(DataError, match=message):
        prepare("own", entry(OWN % folder), tmp_path / "prepared")
    assert not list(tmp_path.glob("prepared/*"))
