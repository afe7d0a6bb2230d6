"""The page on data of one's own, followed to the letter."""

import csv
import json
import os
import re
import subprocess
import sys

import pytest

ONE = ("--config", "experiments=[tumours]")


@pytest.fixture
def page(repository):
    return (repository / "docs/own_data.md").read_text()


@pytest.fixture
def blocks(page):
    """The code of the page by its language, in order."""
    found = {}
    for language, code in re.findall(r"^```(\w*)\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        found.setdefault(language, []).append(code)
    return found


@pytest.fixture
def own(small, blocks):
    """A copy of the checkout in which the page's files have been made."""
    (script,), (entry, experiment) = blocks["python"], blocks["yaml"]
    subprocess.run([sys.executable, "-c", script], cwd=small.folder, check=True)
    command, _, output = blocks["console"][0].partition("\n")
    looked = [sys.executable, *command.split("python ")[1].split()]
    paths = {"env": {**os.environ, "PYTHONPATH": str(small.folder / "workflow")}}
    printed = subprocess.run(
        looked, cwd=small.folder, check=True, capture_output=True, text=True, **paths
    )
    assert printed.stdout == output
    catalogue = small.folder / "config/datasets.yaml"
    catalogue.write_text(f"{catalogue.read_text()}\n{entry}")
    (small.folder / "config/experiments/tumours.yaml").write_text(experiment)
    return small


def test_the_page_on_data_of_ones_own_keeps_its_promises(own, page, blocks):
    too_large, no_number = blocks[""]
    command = blocks["sh"][0].split()
    assert command == ["snakemake", "--cores", "2", *ONE]
    assert own.planned(*ONE)["dataset"] == 1  # and none of those that the network brings
    own.run("results/claims.csv", "--cores", "2", *ONE)
    with open(own.folder / "results/claims.csv") as file:
        (claim,) = csv.DictReader(file)
    assert claim["verdict"] == "supported"
    number = r"(\d\.\d\d)"
    said = rf"is {number}\s+higher[^,]*, with a 95% interval from {number} to {number}\."
    written = [float(n) for n in re.search(said, page).groups()]
    found = [float(claim[key]) for key in ("estimate", "ci_low", "ci_high")]
    assert found == pytest.approx(written, abs=0.03)  # another machine rounds otherwise
    card = json.loads((own.folder / "results/datasets/tumours/card.json").read_text())
    assert card["names"] == ["benign", "malignant"]

    table = own.folder / "data/tumours.csv"
    good = table.read_text()
    table.write_text(re.sub(r"\A(.*\n.*\n)[^,]*", r"\1n/a", good))
    printed = own.run("--cores", "2", *ONE, ok=False)
    assert no_number in printed
    assert printed.count("'n/a'") == 1
    assert not list((own.folder / "results/datasets/tumours").glob("*"))

    catalogue = own.folder / "config/datasets.yaml"
    catalogue.write_text(catalogue.read_text() + "  classes: 2\n  rarest: 148\n")
    experiment = own.folder / "config/experiments/tumours.yaml"
    experiment.write_text(experiment.read_text().replace("train: 100", "train: 300"))
    assert too_large in own.run("-n", *ONE, ok=False)
