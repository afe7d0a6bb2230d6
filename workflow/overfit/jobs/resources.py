"""Memory and time that a job requests from a cluster, from the size of its work.

Sizes are upper bounds that count the arrays of a job. Times are calibrated by measurement and then
multiplied, because a job that is killed costs more than one that requests too much. Measured on one
core of an AMD EPYC: 10 seeds of 784-[100]*6-10, 603 updates of 100 images, took 5.3 s, which is
140 GFLOP/s, and 40 networks 64-50-50-10, trained together, 0.45 ms per update. On Slurm, a small
training job took 450 MB: an interpreter of 130 to 210 MB and two Snakemake processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import ceil

from overfit.config.experiment import Experiment
from overfit.config.settings import Settings
from overfit.config.study import Study
from overfit.data.readers import Dataset

START_MB = 700
"""A cluster job's two Snakemake processes and an interpreter with all packages loaded."""
START_MINUTES = 5
"""Start-up, and waiting for a slow file system."""
MARGIN_MB = 2
"""Factor of the counted arrays in a request."""
MARGIN_TIME = 10
"""Factor of the measured time in a request: for slow nodes and BLAS kernels at half the speed."""
FLOPS = 1e11
"""Operations per second on one core."""
UPDATE_SECONDS = 1e-4
"""Overhead of an update of one layer besides arithmetic, however many networks train at once."""
STACK_PARAMETERS = 500_000
"""The parameters that are trained together, see `overfit.training.loop.stack_width`."""
CLASSES = 10
"""The assumed number of classes if the entry leaves it to be counted."""
MUCH_TIME = 24 * 3600
MUCH_MEMORY = 64_000
"""Seconds and MB of a job above which a plan warns before anything is trained."""
ROW_BYTES = 1000
"""Memory of a row of a history while tables are computed."""


def parameters(settings: Settings, pixels: int, classes: int) -> int:
    """Weights and biases of the network, and the scale and shift of a normalization."""
    widths = (pixels, *settings.model.hidden, classes)
    return sum(n_in * n_out + 3 * n_out for n_in, n_out in pairwise(widths))


def training_mb(settings: Settings, members: int, dataset: Dataset, *, attempt: int = 1) -> int:
    """Memory of a job that trains `members` networks, in MB.

    This counts, as float32: each network's images (twice: selected and stacked), the test images,
    the kept part of each network, the parameters with gradients and an optimizer's moments, the
    activations of an evaluation batch, and the history.

    Args:
        settings: the run.
        members: seeds of the block, or trials.
        dataset: the entry of its dataset in the catalogue.
        attempt: 1 for the first try; each retry requests that much more.
    """
    data, (_, test) = settings.data, dataset.counts
    classes = dataset.classes or CLASSES
    size = parameters(settings, dataset.inputs, classes)
    floats = (
        members * 2 * (data.train + data.validation) * dataset.inputs
        + test * dataset.inputs
        + members * test * classes
        + members * size
        + 4 * max(size, min(members * size, STACK_PARAMETERS))
        + 4 * sum(settings.model.hidden) * max(settings.train.batch_size, 1000)
    )
    rows = members * settings.evaluation.points * 3
    return attempt * (START_MB + ceil(MARGIN_MB * (4 * floats + ROW_BYTES * rows) / 1e6))


def training_minutes(
    settings: Settings, members: int, dataset: Dataset, *, attempt: int = 1
) -> int:
    """Time of a job that trains `members` networks, in minutes; arguments as `training_mb`."""
    seconds = training_seconds(settings, members, dataset)
    return attempt * (START_MINUTES + ceil(MARGIN_TIME * seconds / 60))


def training_seconds(settings: Settings, members: int, dataset: Dataset) -> float:
    """Estimated time to train `members` networks on one core, in seconds.

    6 operations per parameter and image in an update, 2 in an evaluation, and a constant for each
    layer of each update of a stack.
    """
    data, (_, test) = settings.data, dataset.counts
    size = parameters(settings, dataset.inputs, dataset.classes or CLASSES)
    evaluated = settings.evaluation.points * (data.train + data.validation + test)
    operations = members * size * (6 * settings.budget * settings.train.batch_size + 2 * evaluated)
    stacks = ceil(members / max(1, STACK_PARAMETERS // size))
    layers = len(settings.model.hidden) + 1
    return operations / FLOPS + stacks * settings.budget * layers * UPDATE_SECONDS


def long_jobs(study: Study) -> Iterator[str]:
    """The longest job of each experiment in which it is very long, a line each."""
    for experiment in study.experiments.values():
        config = study.config
        of = [(cell.settings, config.seeds_per_job) for cell in experiment.trained]
        of += [(one.settings, config.trials_per_job) for one in experiment.searches.values()]
        costs = [_cost(study, settings, members) for settings, members in of]
        seconds, mb, network = max(costs, default=(0.0, 0.0, ""))
        if seconds > MUCH_TIME or mb > MUCH_MEMORY:
            yield (
                f"{experiment.source}: a job that trains {network} takes about "
                f"{seconds / 3600:,.0f} hours on one core and {mb / 1000:,.0f} GB of memory"
            )


def _cost(study: Study, settings: Settings, members: int) -> tuple[float, float, str]:
    """Estimated seconds and MB of a job, and its networks in words."""
    dataset = study.datasets[settings.data.dataset]
    size = parameters(settings, dataset.inputs, dataset.classes or CLASSES)
    return (
        training_seconds(settings, members, dataset),
        training_mb(settings, members, dataset),
        f"{members} networks of {size:,} parameters for {settings.budget:,} updates",
    )


def dataset_mb(dataset: Dataset, attempt: int = 1) -> int:
    """Memory to read a dataset, in MB: each pixel takes 25 bytes as text (measured)."""
    pixels = sum(dataset.counts) * dataset.inputs
    return attempt * (500 + ceil(50 * pixels / 1e6))


def rows(experiment: Experiment) -> int:
    """How many rows the histories of an experiment have."""
    runs = [(cell.settings, experiment.seeds) for cell in experiment.trained]
    searches = experiment.searches.values()
    trials = [(search.settings, search.trials * search.repeats) for search in searches]
    return sum(3 * of.evaluation.points * number for of, number in [*runs, *trials])


def table_mb(rows: int, attempt: int = 1) -> int:
    """Memory of a job that reads `rows` rows of histories, in MB."""
    return attempt * (START_MB + ceil(MARGIN_MB * ROW_BYTES * rows / 1e6))


def table_minutes(rows: int, attempt: int = 1) -> int:
    """Time of a job that reads `rows` rows of histories, in minutes: a million a minute."""
    return attempt * (START_MINUTES + ceil(rows / 1e6))
