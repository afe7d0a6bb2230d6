"""Probes: what is recorded of a network besides loss and accuracy, at the evaluation points.

A probe is a module of this folder: a function `measure(snapshot)`, see `Probe`, and what it
measures, `QUANTITIES`, see `overfit.metrics.table`. Its name is that of its file. A new file is a
new probe; nothing else knows its name.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from overfit.metrics.table import probe_files
from overfit.training.probes.probe import Measurement, Probe, ProbeRows

__all__ = ["Measurement", "Probe", "ProbeRows", "make"]


def make(name: str) -> Probe:
    """The probe of this name.

    Raises:
        ValueError: there is none.
    """
    known = probe_files()
    if name not in known:
        raise ValueError(f"no probe {name!r}; there are {', '.join(known)}")
    return cast(Probe, import_module(f"{__name__}.{name}"))
