import numpy as np
import pytest

from overfit.nn import Scratch
from overfit.training.examples import CHUNK, Examples

FLOATS = np.random.default_rng(1).random((5, 3), np.float32)
PIXELS = np.random.default_rng(2).integers(0, 256, (5, 3), np.uint8)
LABELS = np.arange(5)


def changed(array, value):
    array = array.copy()
    array.flat[-1] = value
    return array


@pytest.mark.parametrize(
    ("inputs", "labels", "rows", "message"),
    [
        (changed(FLOATS, np.nan), LABELS, None, "inputs contain values that are not finite"),
        (changed(FLOATS, np.inf), LABELS, None, "inputs contain values that are not finite"),
        (PIXELS.astype(np.int64), LABELS, None, "inputs are int64; .* or uint8 pixels"),
        (PIXELS.astype(np.int8), LABELS, None, "inputs are int8; .* or uint8 pixels"),
        (FLOATS.astype(np.float16), LABELS, None, "inputs are float16; they must be float32"),
        (FLOATS > 0.5, LABELS, None, "inputs are bool"),
        (FLOATS, LABELS.astype(float), None, "labels are float64.* must be integers from 0"),
        (FLOATS, LABELS - 1, None, "labels are int64, from -1 upwards; .* integers from 0"),
        (
            FLOATS,
            LABELS[:4],
            None,
            r"inputs have shape \(5, 3\).*labels \(4,\); expected one label",
        ),
        (FLOATS, LABELS[:, None], None, r"labels \(5, 1\); expected one label per row"),
        (FLOATS[:, 0], LABELS, None, r"inputs have shape \(5,\); expected \(N, d\)"),
        (FLOATS[0, 0], LABELS, None, r"inputs have shape \(\); expected \(N, d\)"),
        (FLOATS[:0], LABELS[:0], None, "at least one row"),
        (FLOATS, LABELS, [0, 1], r"2 rows are used, and labels \(5,\)"),
        (FLOATS, LABELS[:2], [0, 5], "rows are int64 and run from 0 to 5; .* from 0 to 4"),
        (PIXELS, LABELS[:2], [-1, 2], "rows are int64 and run from -1 to 2; .* from 0 to 4"),
        (FLOATS, LABELS[:2], [0.0, 1.0], "rows are float64 .* must be integers from 0 to 4"),
    ],
)
def test_examples_that_make_no_sense_are_refused(inputs, labels, rows, message):
    with pytest.raises(ValueError, match=message):
        Examples(inputs, labels, None if rows is None else np.array(rows))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pixels_become_floats_from_0_to_1_without_overflow(dtype):
    pixels = np.arange(256, dtype=np.uint8)[:, None]
    examples = Examples(pixels, np.zeros(256, int))
    out = np.empty((256, 1), dtype)
    examples.gather(np.arange(256), out, Scratch(dtype))
    np.testing.assert_array_equal(out, pixels.astype(dtype) * dtype(1 / 255))
    assert out[0, 0] == 0
    assert out[255, 0] == pytest.approx(1, rel=1e-7)


@pytest.mark.parametrize("inputs", [FLOATS, PIXELS], ids=["floats", "pixels"])
def test_rows_select_and_order_the_inputs(inputs):
    rows = np.array([4, 0, 4])
    chosen, copied = Examples(inputs, LABELS[:3], rows), Examples(inputs[rows], LABELS[:3])
    index = np.array([2, 1, 0, 1])
    found = [np.empty((4, 3), np.float32) for _ in range(2)]
    for examples, out in zip((chosen, copied), found, strict=True):
        examples.gather(index, out, Scratch())
    np.testing.assert_array_equal(*found)
    assert len(chosen) == 3


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
@pytest.mark.parametrize("with_rows", [False, True])
def test_chunks_begin_at_fixed_rows_and_hold_every_example_once(dtype, with_rows):
    count = 2 * CHUNK + 7
    inputs = (np.arange(count) % 251).astype(dtype)[:, None]
    rows = np.random.default_rng(1).permutation(count) if with_rows else None
    labels = np.arange(count)
    examples = Examples(inputs, labels, rows)
    seen = [(x.copy(), y.copy()) for x, y in examples.chunks(Scratch())]
    assert [x.shape for x, _ in seen] == [(1, CHUNK, 1), (1, CHUNK, 1), (1, 7, 1)]
    np.testing.assert_array_equal(np.concatenate([y[0] for _, y in seen]), labels)
    ordered = inputs if rows is None else inputs[rows]
    expected = ordered if dtype is np.float32 else ordered * np.float32(1 / 255)
    np.testing.assert_array_equal(np.concatenate([x[0] for x, _ in seen]), expected)
