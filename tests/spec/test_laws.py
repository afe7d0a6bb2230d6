"""Laws of merging, blocks and names, on generated cases."""

from hypothesis import given
from hypothesis import strategies as st

from overfit.spec import RunSpec, Settings, block_range, blocks
from overfit.spec.blocks import thinned
from overfit.spec.merging import merged, nested

names = st.sampled_from("abcd")
values = st.integers() | st.text(max_size=2)
leaves = st.dictionaries(names, values, max_size=2)
branches = st.dictionaries(names, values | leaves, max_size=2)
mappings = st.dictionaries(names, values | branches, max_size=3)
rates = st.none() | st.builds(dict, rate=st.floats(0, 0.99), scaling=st.just("inverted"))
settings = st.fixed_dictionaries(
    {
        "data": st.fixed_dictionaries(
            {"dataset": st.just("digits"), "train": st.integers(100, 999), "validation": st.just(9)}
        ),
        "model": st.fixed_dictionaries(
            {
                "hidden": st.lists(st.integers(1, 500), min_size=1, max_size=40),
                "activation": st.sampled_from(["relu", "sigmoid", "tanh"]),
                "init": st.sampled_from(["he", "xavier"])
                | st.builds(dict, std=st.floats(1e-9, 100)),
            }
        ),
        "dropout": rates,
        "penalty": st.builds(dict, l2=st.floats(0, 1e6)),
        "train": st.fixed_dictionaries(
            {
                "optimizer": st.builds(dict, name=st.just("sgd"), lr=st.floats(1e-9, 1000)),
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
def test_ids_are_file_names(mapping):
    identity = RunSpec(root_seed=1, settings=Settings.model_validate(mapping)).id
    assert len(identity) <= 100
    assert set(identity) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")


def test_dotted_keys_nest():
    assert nested({"a.b": 1, "a.c.d": 2}) == {"a": {"b": 1, "c": {"d": 2}}}
