"""Probes: what is recorded of a network beside loss and accuracy, at the evaluation points.

A probe is a module of this folder with a function `measure(snapshot)`, see `Probe`, and says what
it measures in `QUANTITIES`, see `overfit.metrics.quantities`; it is called
what its file is called. A new file is a new probe; nothing else knows its name.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import cast

from overfit.training.probes.probe import Measurement, Probe, ProbeRows

__all__ = ["Measurement", "Probe", "ProbeRows", "available", "make"]


def available() -> tuple[str, ...]:
    """The names of all probes, without loading them."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in modules if name != "probe"))


def make(name: str) -> Probe:
    """The probe of this name.

    Raises:
        ValueError: there is none.
    """
    if name not in available():
        raise ValueError(f"no probe {name!r}; there are {', '.join(available())}")
    return cast(Probe, import_module(f"{__name__}.{name}"))
