"""Pictures of training images, and of test images that networks get wrong."""

import numpy as np
import pytest

from overfit import figures
from overfit.data.checked import Prepared, read_arrays
from overfit.figures.kinds.digits import misread


@pytest.fixture(scope="session")
def drawn(probed):
    case = probed.case("digits")
    return case, figures.draw(*case)


def panels(drawn):
    """Rows of panels with their pictures, titles and labels below."""
    _, figure = drawn
    shown = [
        (axes.images[0].get_array(), axes.get_title(), axes.get_xlabel())
        for axes in figure.axes
        if axes.images
    ]
    return shown[:10], shown[10:]


def predictions(case, variant):
    (cell,) = [cell for cell in case.experiment.cells if cell.variant == variant]
    blocks = case.experiment.blocks[cell.run.id]
    found = [read_arrays(case.results.kept(cell.run.id, b))["predictions"] for b in blocks]
    return cell, np.concatenate(found)


def test_the_first_row_has_the_first_training_image_of_each_class_of_the_first_seed(drawn):
    case, _ = drawn
    cell, _ = predictions(case, "baseline")
    block = case.experiment.blocks[cell.run.id][0]
    subset = read_arrays(case.results.subset(cell.run.subset_id, block))
    rows = sorted(subset["train"][list(subset["seeds"]).index(0)])
    dataset = Prepared.of("mnist-5k", case.results)
    trained, _ = panels(drawn)
    assert [title for _, title, _ in trained] == [str(digit) for digit in range(10)]
    for digit, (picture, _, _) in enumerate(trained):
        row = next(row for row in rows if dataset.labels[row] == digit)
        np.testing.assert_array_equal(picture, dataset.images[row].reshape(28, 28))


def test_each_variant_has_the_same_images_with_what_its_networks_take_them_for(drawn):
    case, _ = drawn
    dataset = Prepared.of("mnist-5k", case.results)
    truth = dataset.labels[dataset.pool :]
    _, kept = predictions(case, "baseline")
    said = kept.argmax(axis=-1)
    chosen = []
    for digit in range(10):
        for image in np.flatnonzero(truth == digit):
            if (said[:, image] != digit).mean() > 0.5:
                chosen.append(int(image))
                break
    _, tested = panels(drawn)
    assert len(tested) == 2 * len(chosen) > 10
    for place, variant in enumerate(["baseline", "tanh"]):
        _, kept = predictions(case, variant)
        row = tested[place * len(chosen) : (place + 1) * len(chosen)]
        for image, (picture, title, below) in zip(chosen, row, strict=True):
            np.testing.assert_array_equal(
                picture, dataset.images[dataset.pool + image].reshape(28, 28)
            )
            counts = np.bincount(kept[:, image].argmax(axis=-1), minlength=10)
            assert title == str(truth[image])
            assert below == f"→ {counts.argmax()} ({counts.max()}/6)"


def test_a_class_that_is_read_well_has_no_picture():
    votes = np.array([[3, 1, 0], [2, 2, 0], [1, 3, 0], [0, 0, 4], [4, 0, 0], [0, 0, 4]])
    assert misread(votes, np.array([0, 0, 0, 1, 2, 2])) == [2, 3, 4]
    assert misread(votes, np.array([0, 0, 1, 2, 0, 2])) == []
