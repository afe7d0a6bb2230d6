"""What each mistake in a configuration says: all messages of mistakes.txt, and nothing else.

`python -m tests.config.test_mistakes` writes the messages of mistakes.txt again, as they are now:
read the difference before you commit it.
"""

import re
import tempfile
from pathlib import Path

import pytest

from tests.config.conftest import Project

FILE = Path(__file__).with_name("mistakes.txt")
_EDIT = re.compile(r"  (\S+): (?:«(.*)» -> )?«(.*)»")


def parsed(block):
    """A block's name, file, old text (None for a new file), new text and messages."""
    name, edit, *messages = (line for line in block.splitlines() if not line.startswith("#"))
    file, old, new = _EDIT.fullmatch(edit).groups()
    old, new = (text and text.replace("\\n", "\n") for text in (old, new))
    return name, file, old, new, [message[2:] for message in messages]


def said(project, file, old, new):
    """The messages after an edit, without the folder that all files are in."""
    if old is None:
        project.write(f"config/{file}", new)
    else:
        project.edit(f"config/{file}", old, new)
    return [message.replace("config/", "") for message in project.messages()]


BLOCKS = FILE.read_text(encoding="utf-8").strip().split("\n\n") if FILE.is_file() else []
CASES = {name: rest for name, *rest in map(parsed, BLOCKS)}


def test_no_name_is_used_twice():
    assert len(CASES) == len(BLOCKS)


@pytest.mark.parametrize(("file", "old", "new", "expected"), CASES.values(), ids=CASES)
def test_mistake_is_said(project, file, old, new, expected):
    assert said(project, file, old, new) == expected


def updated(block):
    """A block with the messages of now."""
    _, file, old, new, messages = parsed(block)
    with tempfile.TemporaryDirectory() as folder:
        found = said(Project(Path(folder)), file, old, new)
    kept = block.splitlines()[: len(block.splitlines()) - len(messages)]
    return "\n".join([*kept, *(f"  {message}" for message in found)])


if __name__ == "__main__":
    FILE.write_text("\n\n".join(map(updated, BLOCKS)) + "\n", encoding="utf-8")
