"""PyTorch with torch.compile, where it works (it needs a C++ compiler)."""

from collections.abc import Callable

import torch

from benchmarks.systems import torch_eager
from benchmarks.works import Work


def prepare(work: Work) -> Callable[[], None]:
    """As `torch_eager`, with every model compiled; compilation is not timed."""
    if work.name not in ("W1", "W3"):
        raise ValueError("compiling takes half a minute, so only W1 and W3 are compiled")
    done = torch_eager.prepare(work, wrap=torch.compile)
    done()
    return done
