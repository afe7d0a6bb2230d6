"""A job's peak memory on a full-size dataset, in a process of its own."""

import os
import subprocess
import sys

import numpy as np
import pytest

CODE = """
import sys
import numpy as np
from overfit import nn
from overfit.training.examples import Examples
from overfit.training.loop import Recipe, train
from overfit.training.schedule import Schedule
from overfit.training.stack import Replicate

images = np.load("images.npy", mmap_mode="r")
labels = (np.arange(len(images)) % 10).astype(np.uint8)
members = []
for seed in range(128):
    rows = np.random.default_rng(seed).permutation(60_000)
    train_rows, validation = rows[:59_000], rows[59_000:]
    members.append(
        Replicate(
            seed,
            Examples(images, labels[train_rows], train_rows),
            Examples(images, labels[validation], validation),
            nn.SGD(0.01),
        )
    )
test_rows = np.arange(60_000, 61_000)
test = Examples(images, labels[test_rows], test_rows)
recipe = Recipe(nn.mlp(784, [100] * 6, 10), Schedule(59_000, 100, updates=2, points=1))
trained = train(recipe, members[: int(sys.argv[1])], test, root_seed=1)
assert len(trained) == int(sys.argv[1])
[peak] = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(peak.split()[1])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
def test_128_replicates_on_60_000_images_take_less_than_500_mb(tmp_path, repository):
    """The images are mapped, converted batch by batch, and a stack at a time is trained.

    The mapped file itself counts, as far as its pages have been read: 48 MB of it. The evaluation
    of 59,000 images by 128 networks would take a minute and no more memory, so eight are trained.
    """
    images = np.lib.format.open_memmap(tmp_path / "images.npy", "w+", np.uint8, (61_000, 784))
    images[:] = np.random.default_rng(0).integers(0, 256, (61_000, 784), np.uint8)
    images.flush()
    done = subprocess.run(
        [sys.executable, "-c", CODE, "8"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(repository / "workflow"), "OMP_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    peak_kb = int(done.stdout)  # of this process alone, unlike ru_maxrss, which an exec passes on
    assert peak_kb < 500_000
