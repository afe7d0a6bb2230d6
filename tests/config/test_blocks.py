"""Blocks of seeds go on from what is there."""

from hypothesis import given
from hypothesis import strategies as st

from overfit.config.blocks import block_range, layout, layouts

PLAIN = "config/experiments/plain.yaml"
GRID = "config/experiments/grid.yaml"
jobs = st.integers(1, 20)
ranges = st.builds(lambda first, size: range(first, first + size), st.integers(0, 60), jobs)
asked = st.one_of(st.integers(1, 60).map(range), ranges)
presents = st.lists(ranges, max_size=12)


def members(blocks):
    return [seed for block in blocks for seed in block]


@given(asked, jobs, presents)
def test_each_seed_is_in_one_block_and_only_a_block_that_is_there_has_more(seeds, per_job, present):
    found = layout(seeds, per_job, present)
    assert members(found) == list(range(found[0].start, found[-1].stop))
    assert found[0].start <= seeds.start < found[0].stop
    assert found[-1].start < seeds.stop <= found[-1].stop
    assert found[0].start == seeds.start or found[0] in present
    assert found[-1].stop == seeds.stop or found[-1] in present


@given(asked, jobs, st.data())
def test_asking_for_fewer_seeds_trains_none(seeds, per_job, data):
    there = layout(seeds, per_job)
    first = data.draw(st.integers(seeds.start, seeds.stop - 1))
    fewer = range(first, data.draw(st.integers(first + 1, seeds.stop)))
    assert set(layout(fewer, per_job, there)) <= set(there)


@given(asked, jobs, presents)
def test_new_blocks_are_short_and_keep_to_their_multiples(seeds, per_job, present):
    for block in layout(seeds, per_job, present):
        if block not in present:
            assert block[0] // per_job == block[-1] // per_job


@given(st.lists(asked, min_size=1, max_size=6), jobs)
def test_asking_for_seeds_step_by_step_trains_each_seed_once(requests, per_job):
    trained: list[range] = []
    for seeds in sorted(requests, key=lambda seeds: (seeds.start, seeds.stop)):
        new = [block for block in layout(seeds, per_job, trained) if block not in trained]
        assert not set(members(new)) & set(members(trained))
        trained += new
    assert sorted(members(trained)) == sorted(set().union(*requests))


@given(st.lists(asked, min_size=1, max_size=4), jobs, presents, st.data())
def test_a_plan_stays_while_its_blocks_are_written(requests, per_job, present, data):
    """Jobs of a cluster plan again while others write."""
    before = layouts({"run": requests}, per_job, {"run": present})
    planned = [block_range(name) for names in before.values() for name in names]
    written = data.draw(st.lists(st.sampled_from(planned)))
    assert layouts({"run": requests}, per_job, {"run": [*present, *written]}) == before


@given(st.lists(asked, min_size=2, max_size=5), jobs)
def test_experiments_that_share_a_run_train_each_seed_once(requests, per_job):
    blocks = layouts({"run": requests}, per_job, {"run": []})
    each = {name for names in blocks.values() for name in names}
    assert sorted(members(map(block_range, each))) == sorted(set().union(*requests))


@given(asked, jobs)
def test_without_results_blocks_are_as_few_as_their_multiples_allow(seeds, per_job):
    assert len(layout(seeds, per_job)) == len({seed // per_job for seed in seeds})


def test_more_seeds_continue_where_a_short_block_ended():
    assert layout(range(8), 10, [range(4)]) == [range(4), range(4, 8)]
    assert layout(range(25), 10, [range(4), range(4, 8)])[2:] == [range(8, 10), range(10, 20),
                                                           range(20, 25)]  # fmt: skip


def test_new_blocks_fill_the_gaps_between_those_that_are_there():
    assert layout(range(12), 10, [range(3, 7)]) == [
        range(3),
        range(3, 7),
        range(7, 10),
        range(10, 12),
    ]


def test_of_blocks_that_start_together_the_longest_is_used():
    assert layout(range(8), 10, [range(4), range(8), range(6)]) == [range(8)]


def test_a_block_that_goes_on_beyond_the_seeds_is_used_and_one_that_starts_there_is_not():
    assert layout(range(4), 10, [range(8)]) == [range(8)]
    assert layout(range(7), 10, [range(3, 12), range(12, 20)]) == [range(3), range(3, 12)]
    assert layout(range(4), 10, [range(4, 8)]) == [range(4)]


def test_later_seeds_use_the_block_that_has_the_first_of_them():
    assert layout(range(10, 20), 10) == [range(10, 20)]
    assert layout(range(10, 20), 10, [range(20)]) == [range(20)]
    assert layout(range(5, 15), 10, [range(10)]) == [range(10), range(10, 15)]
    assert layout(range(5, 15), 10, [range(5)]) == [range(5, 10), range(10, 15)]
