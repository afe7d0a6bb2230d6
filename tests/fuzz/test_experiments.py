"""Mutated experiment files and configurations: never a traceback, never a long wait."""

import copy
import string
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import strategies as st

from overfit.config.problems import CONTROL, ConfigurationError
from overfit.config.study import load_study
from overfit.jobs.plan import Plan
from tests.fuzz.running import fuzz

ROOT = Path(__file__).parents[2]
CONFIG = "config/config.yaml"
DATASETS = "config/datasets.yaml"
FILES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("config/experiments", "config/presets", "config")
    for path in sorted((ROOT / folder).glob("*.yaml"))
}
TELLING = [f"config/experiments/{name}.yaml" for name in ("search_methods", "weight_decay")]
"""Experiments with searches and probes."""
PARENTS = {
    file: f"config/experiments/{found['extends']}.yaml"
    for file, text in FILES.items()
    if "extends" in (found := yaml.safe_load(text))
}
WORDS = sorted({word for text in FILES.values() for word in text.split() if word.isidentifier()})
KINDS = ("scalar", "tree", "space", "key", "add", "drop", "wrap", "more", "move")
"""How a tree is changed."""
LONGEST = 6
"""Seconds of a process for one check."""

# fmt: off
NUMBERS = [
    0, 1, -1, 2, 3, 95, 0.0, -0.0, 0.5, 1.5, 1e-320, 1e-46, 1e-9, 0.99999999, 1e39, 1e300,
    float("inf"), float("nan"), 2**63, 10**12, 10**25, -(10**25), 10**400,
]
TEXTS = [
    "", " ", "\t", "\n", "\x1b[31m", "\0", "\u0085", "\ud7ff", "\uffff", "\u202e", "４", "0.1",
    "1e-3", "null", "true", "~", "all", "a.b", ".", "..", "../x", "gap@train_loss=0.1\n",
    "gap@train_loss=", "weights.rms.1", "weights.rms.99999", "search.gap", "<true>", "[key]",
    "=cmd|'!A0", "<script>", "{x}", "%s", "x" * 5000, "é" * 70,
]
SETTINGS = [
    "train.batch_size", "train.epochs", "train.warm_up", "model.width", "model.depth", "batch_norm",
    "dropout", "dropout.rate", "penalty.l2", "train.optimizer", "train.optimizer.lr",
    "model.hidden", "data.train", "data.dataset", "compat", "batch_norm.momentum",
]
# fmt: on
scalars = (
    st.sampled_from([None, True, False, *NUMBERS])
    | st.sampled_from(TEXTS)
    | st.sampled_from(WORDS)
    | st.text(max_size=5)
    | st.integers()
    | st.floats()
)
keys = (
    st.sampled_from(WORDS)
    | st.sampled_from([*SETTINGS, "a.b.c", "", ".", "when", "1", 3, True, None, 1.5])
    | st.text(max_size=4)
)
spaces = st.dictionaries(
    st.sampled_from(SETTINGS),
    st.fixed_dictionaries(
        {}, optional={"when": st.dictionaries(keys, scalars, max_size=2), "points": scalars}
    ).flatmap(
        lambda options: st.builds(
            lambda kind, values: {kind: values, **options},
            st.sampled_from(["uniform", "log_uniform", "int", "log_int", "choice"]),
            st.lists(scalars, max_size=3) | st.just([1, 10**12]) | st.just(list(range(300))),
        )
    ),
    max_size=5,
)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


def places(tree, path=()):
    """The path of every value."""
    yield path
    inside = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    for key, value in inside:
        yield from places(value, (*path, key))


def at(tree, path):
    for step in path:
        tree = tree[step]
    return tree


@st.composite
def mutations(draw, tree):
    """A copy of a tree with one to four changes of types, keys, sizes, nesting and scalars."""
    tree = copy.deepcopy(tree)
    for _ in range(draw(st.integers(1, 4))):
        paths = [path for path in places(tree) if path]
        if not paths:
            break
        depth = draw(st.sampled_from(sorted({len(path) for path in paths})))
        *above, last = draw(st.sampled_from([path for path in paths if len(path) == depth]))
        holder = at(tree, above)
        value = holder[last]
        kind = draw(st.sampled_from(KINDS))
        if kind == "scalar":
            holder[last] = draw(scalars)
        elif kind == "tree":
            holder[last] = draw(trees)
        elif kind == "space":
            holder[last] = draw(spaces)
        elif kind == "key" and isinstance(holder, dict):
            holder[draw(keys)] = holder.pop(last)
        elif kind == "add" and isinstance(holder, dict):
            holder[draw(keys)] = draw(trees)
        elif kind == "drop":
            del holder[last]
        elif kind == "wrap":
            for _ in range(draw(st.sampled_from([1, 2, 50]))):
                value = draw(st.sampled_from([[value], {"data": value}]))
            holder[last] = value
        elif kind == "more":
            number = draw(st.sampled_from([2, 9, 300]))
            holder[last] = value * number if isinstance(value, list) else [value] * number
        else:
            holder[last] = copy.deepcopy(at(tree, draw(st.sampled_from(paths))))
    return tree


@st.composite
def edited(draw, text):
    """A text with some characters, or a line, changed."""
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 12))
        piece = draw(
            st.text(string.printable + "\u00a0\uff14\uff1a\x1b\0*&", max_size=4)
            | st.sampled_from(
                ["\n---\n", "\t", "&a ", "*a", "!!python/object:os.system ", ": ", "- "]
            )
        )
        text = text[:place] + piece + text[place + cut :]
    return text


@st.composite
def projects(draw):
    """A file of the project and its mutated text."""
    file = draw(st.sampled_from([CONFIG, *sorted(FILES)]) | st.sampled_from([CONFIG, *TELLING]))
    tree = yaml.safe_load(FILES[file])
    if draw(st.booleans()):
        mutated = draw(mutations(tree))
        text = yaml.dump(mutated, Dumper=yaml.SafeDumper, allow_unicode=True, sort_keys=False)
        return file, text.encode(errors="surrogatepass")
    return file, draw(edited(FILES[file])).encode(errors="surrogatepass")


def merged_as_by_snakemake(files):
    """The configuration as Snakemake reads it; {} where it refuses a file itself."""
    found = {}
    for file in files:
        try:
            loaded = yaml.safe_load(file.read_bytes())
        except (yaml.YAMLError, ValueError):
            return {}
        if not isinstance(loaded, dict):
            return {}
        _update(found, loaded)
    return found


def _update(found, loaded):
    for key, value in loaded.items():
        if isinstance(value, dict):
            found[key] = found[key] if isinstance(found.get(key), dict) else {}
            _update(found[key], value)
        else:
            found[key] = value


@pytest.fixture
def check(tmp_path):
    def checked(example):
        file, text = example
        wanted = {CONFIG, DATASETS, "config/experiments/overfit.yaml", file, PARENTS.get(file)}
        for path in (tmp_path / "config/experiments").glob("*"):
            path.unlink()
        for name in filter(None, wanted):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if name == file else FILES[name].encode())
        files = [tmp_path / CONFIG]
        if "presets" in file:
            files.append(tmp_path / file)
        start = time.process_time()
        try:
            config = merged_as_by_snakemake(files)
            study = load_study(config, root=tmp_path, config_files=files)
            plan = Plan(study)
            assert all(CONTROL.search(doubt) is None for doubt in plan.doubts())
            assert len(plan.jobs) > 0
        except ConfigurationError as error:
            for line in str(error).splitlines():
                assert line.startswith(("config", "--config", "extends")), line
                assert not CONTROL.search(line), line
        assert time.process_time() - start < LONGEST

    return checked


def test_mutated_files_are_refused_in_plain_words_at_once(check):
    fuzz(projects(), check, examples=150)
