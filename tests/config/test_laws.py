"""Laws of merging, blocks and names, on generated cases."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from overfit.config.blocks import block_range, blocks
from overfit.config.expansion import thinned
from overfit.config.merging import Draft, merged, nested
from overfit.config.problems import Problem, dotted
from overfit.config.settings import Settings
from overfit.config.specs import RunSpec

names = st.sampled_from("abcd")
values = st.integers() | st.text("xyz", max_size=2)
leaves = st.dictionaries(names, values, max_size=2)
branches = st.dictionaries(names, values | leaves, max_size=2)
mappings = st.dictionaries(names, values | branches, max_size=3)
shares = st.just(0.0) | st.floats(1e-30, 0.99)
rates = st.none() | st.builds(dict, rate=shares, input=shares, scaling=st.just("inverted"))
optimizers = st.builds(
    dict,
    name=st.sampled_from(["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]),
    lr=st.floats(1e-9, 1000),
)
schedules = st.sampled_from(["constant", "cosine"]) | st.builds(
    dict, name=st.just("step"), every=st.integers(1, 99)
)
penalties = st.fixed_dictionaries(
    {},
    optional={
        "l2": st.just(0.0) | st.floats(1e-30, 1e6),
        "max_norm": st.none() | st.floats(1e-9, 1e6),
    },
) | st.builds(dict, l1=shares, l1_method=st.just("proximal"), lp=shares, p=st.just(0.5))
settings = st.fixed_dictionaries(
    {
        "data": st.fixed_dictionaries(
            {
                "dataset": st.just("digits"),
                "train": st.integers(100, 999),
                "validation": st.just(9),
                "label_noise": shares,
            }
        ),
        "model": st.fixed_dictionaries(
            {
                "hidden": st.lists(st.integers(1, 500), min_size=1, max_size=40),
                "activation": st.sampled_from(["relu", "leaky_relu", "tanh", "gelu"]),
                "init": st.sampled_from(["he", "xavier", "glorot_uniform", "orthogonal"])
                | st.builds(dict, std=st.floats(1e-9, 100)),
            }
        ),
        "dropout": rates,
        "layer_norm": st.none() | st.booleans(),
        "penalty": penalties,
        "train": st.fixed_dictionaries(
            {
                "optimizer": optimizers,
                "lr_schedule": schedules,
                "label_smoothing": shares,
                "clip": st.none() | st.floats(1e-9, 1e9),
                "batch_size": st.integers(2, 100),
                "epochs": st.integers(1, 500),
            }
        ),
    }
)


def reordered(tree):
    if not isinstance(tree, dict):
        return tree
    return {key: reordered(tree[key]) for key in reversed(list(tree))}


@given(mappings)
def test_merging_with_itself_or_nothing_changes_nothing(mapping):
    assert merged(mapping, mapping) == mapping
    assert merged(mapping, {}) == mapping
    assert merged({}, mapping) == mapping


def leaves_of(tree, path=()):
    if not isinstance(tree, dict):
        return {path: tree}
    return {k: v for key in tree for k, v in leaves_of(tree[key], (*path, key)).items()}


@given(mappings, mappings)
def test_the_upper_wins_and_the_lower_shines_through(lower, upper):
    both = leaves_of(merged(lower, upper))
    assert leaves_of(upper).items() <= both.items()
    assert both.items() <= leaves_of(lower).items() | leaves_of(upper).items()


@given(mappings, names)
def test_null_deletes(mapping, name):
    assert merged(mapping, {name: None}) == {k: v for k, v in mapping.items() if k != name}


@given(st.integers(1, 500), st.integers(1, 60))
def test_blocks_are_a_partition(count, per_job):
    covered = [member for name in blocks(count, per_job) for member in block_range(name)]
    assert covered == list(range(count))


@given(st.integers(1, 500), st.integers(0, 500), st.integers(1, 60))
def test_more_seeds_keep_every_full_block(count, more, per_job):
    full = [name for name in blocks(count, per_job) if len(block_range(name)) == per_job]
    assert set(full) <= set(blocks(count + more, per_job))


@given(st.integers(1, 50), st.integers(2, 50))
def test_thinning_keeps_both_ends_and_at_most_as_many_as_asked(count, keep):
    kept = thinned(count, keep)
    assert len(kept) == min(count, keep)
    assert (kept[0], kept[-1]) == (0, count - 1)


@given(settings)
def test_ids_ignore_the_order_of_keys_and_survive_yaml(mapping):
    spec = RunSpec(root_seed=1, settings=Settings.model_validate(mapping))
    other = RunSpec(root_seed=1, settings=Settings.model_validate(reordered(mapping)))
    assert other.id == spec.id
    assert RunSpec.from_yaml(spec.to_yaml()).id == spec.id


@given(settings)
def test_specifications_are_written_as_plain_python_would(mapping):
    """The text is a parameter of jobs: it must not depend on the YAML library's build."""
    spec = RunSpec(root_seed=1, settings=Settings.model_validate(mapping))
    content = spec.model_dump(mode="json")
    assert spec.to_yaml() == yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


@given(settings)
def test_ids_are_file_names(mapping):
    identity = RunSpec(root_seed=1, settings=Settings.model_validate(mapping)).id
    assert len(identity) <= 100
    assert set(identity) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")


class Page:
    """A source that blames by path alone."""

    def problem(self, path, message):
        return Problem("page", None, dotted(path), message)


@given(mappings, mappings)
def test_a_mapping_put_as_a_whole_is_like_one_that_was_laid(whole, upper):
    put, laid = Draft(Page()), Draft(Page())
    put.put("part", whole, Page(), ("part",))
    laid.lay({"part": whole}, Page(), ())
    for draft in (put, laid):
        draft.lay({"part": upper}, Page(), ("upper",))
    assert put.result() == laid.result()
    paths = [("part", *path) for path in leaves_of(put.result()["part"])]
    assert [put.problem(path, "") for path in paths] == [laid.problem(path, "") for path in paths]


def test_dotted_keys_nest():
    assert nested({"a.b": 1, "a.c.d": 2}) == {"a": {"b": 1, "c": {"d": 2}}}
