"""Draw the rules and what each waits for: docs/gallery/rules.svg, from `snakemake --rulegraph`.

`make gallery` runs it. It needs Debian's graphviz.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PICTURE = Path(__file__).with_suffix(".svg")
LOOK = """\
digraph rules {
  bgcolor=transparent; margin=0; rankdir=LR; ranksep=0.25; nodesep=0.12
  node [shape=box, style="rounded,filled", fillcolor="#eef3f8", color="#4c78a8",
        fontname="sans-serif", fontsize=11, height=0.3, margin="0.1,0.03"]
  edge [color="#888888", arrowsize=0.6]
"""

Edges = set[tuple[str, str]]


def edges(graph: str) -> Edges:
    """What waits for what in a rule graph of Snakemake, without the target and without detours.

    If a rule waits for another one that waits for a third, its edge from the third is left out.
    """
    names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)"', graph, re.MULTILINE))
    pairs = re.findall(r"^\s*(\d+) -> (\d+)", graph, re.MULTILINE)
    found = {(names[a], names[b]) for a, b in pairs if names[b] != "all"}
    after: dict[str, set[str]] = {name: set() for name in names.values()}
    for _ in names:  # as many rounds as the longest path could need
        for a, b in found:
            after[a] |= {b} | after[b]
    return {(a, c) for a, c in found if not any(a == x and c in after[b] for x, b in found)}


def drawn() -> Edges:
    """The edges of the picture."""
    titles = re.findall(r"<title>(\w+)&#45;&gt;(\w+)</title>", PICTURE.read_text(encoding="utf-8"))
    return set(titles)


def _output(command: list[str], given: str = "") -> str:
    """What a program prints."""
    done = subprocess.run(  # noqa: S603 - Snakemake and Debian's dot
        command, input=given, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def main() -> None:
    """Write the picture."""
    command = [sys.executable, "-m", "snakemake", "--rulegraph"]
    graph = _output(command)
    lines = [f"  {a} -> {b}" for a, b in sorted(edges(graph))]
    text = "\n".join([LOOK, *lines, "}"])
    svg = _output(["dot", "-Tsvg"], text)
    kept = re.sub(r"<\?xml.*?(?=<svg)|<!--.*?-->\n", "", svg, flags=re.DOTALL)
    PICTURE.write_text(kept, encoding="utf-8")


if __name__ == "__main__":
    main()
