"""The tutorial, followed to the letter: files written, commands run, outputs compared."""

import re
import shlex
import subprocess

import pytest

FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = "config/experiments/wrong_labels.yaml"
NUMBER = re.compile(r"-?\d+\.\d+")
CHEAPER = ("results/claims.csv", "results/experiments/wrong_labels/summary.csv")


@pytest.fixture
def steps(repository):
    """The page's files and commands: ("file", path, text, append) or ("run", command, output)."""
    found = []
    for language, options, text in FENCE.findall((repository / "docs/tutorial.md").read_text()):
        if language == "yaml":
            path, more = re.search('title="([^",]+)(, at the end)?"', options).groups()
            found.append(("file", path, text, bool(more)))
        elif language == "console":
            for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
                found.append(("run", command, output.splitlines()))
    return found


def done(project, command):
    """What a command of the page prints; of a whole run, only the tables are made."""
    program, *arguments = shlex.split(command)
    if program == "snakemake":
        at_most = () if "-n" in arguments else CHEAPER
        mistaken = "droput" in (project.folder / FILE).read_text()
        return project.run(*at_most, *arguments, ok=not mistaken)
    return subprocess.run(
        [program, *arguments], cwd=project.folder, check=True, capture_output=True, text=True
    ).stdout


def same(shown, printed):
    """Whether a printed line is the shown one; numbers may differ as on another machine."""
    words = NUMBER.sub("#", printed).split()
    numbers = [float(n) for n in NUMBER.findall(printed)]
    return words == NUMBER.sub("#", shown).split() and (
        numbers == pytest.approx([float(n) for n in NUMBER.findall(shown)], abs=0.006)
    )


def compare(command, shown, printed):
    """Find the shown lines in those printed, next to each other but for `...`."""
    rest = list(printed)
    gap = False
    for line in shown:
        if line == "...":
            gap = True
            continue
        while gap and rest and not same(line, rest[0]):
            rest.pop(0)
        assert rest, f"{command}: {line!r} is not among {printed}"
        assert same(line, rest[0]), f"{command}: {rest[0]!r} instead of {line!r}"
        rest.pop(0)
        gap = False


def test_the_tutorial_does_what_it_shows(small, steps):
    assert [kind for kind, *_ in steps].count("run") >= 8
    for kind, first, second, *append in steps:
        if kind == "run":
            compare(first, second, done(small, first).splitlines())
        else:
            file = small.folder / first
            file.write_text((file.read_text() if append[0] else "") + second)
