"""What probes measure, as far as metrics, figures and words go.

A probe of one's own, a module of `training/probes`, says so beside its `measure`:

    QUANTITIES = {"mean_margin": Quantity(Metric("Mean margin", "nats"), whole=True)}

The quantities of the probes that come with overfit are written out in `overfit.config.metrics` and
`overfit.metrics.wording`, so that to read an experiment takes no NumPy; where there are no other
probes, none is imported.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from overfit.config.contract import ContractError, load
from overfit.metrics.wording import Metric

COMES_WITH_OVERFIT = ("activations", "effective_lr", "gradients", "weights")
FOLDER = Path(__file__).parents[1] / "training" / "probes"
NO_PROBE = "probe"
"""The module that says what a probe is."""


@dataclass(frozen=True)
class Quantity:
    """A number that a probe measures of a network or of its layers."""

    wording: Metric | None = None
    """How it is called, its unit, and how it is printed; by its own name without."""
    positive: bool = False
    """Whether it is above 0 wherever a network is trained, so that ratios make sense."""
    whole: bool = False
    """Whether it is measured of the whole network, as layer 0."""
    layers: bool = True
    """Whether it is measured of each layer."""


def probes() -> tuple[str, ...]:
    """The names of all probes, without loading them."""
    found = (module.name for module in pkgutil.iter_modules([str(FOLDER)]))
    return tuple(sorted(name for name in found if name != NO_PROBE))


def probe_file(name: str) -> Path:
    """The file of a probe."""
    return FOLDER / f"{name}.py"


@cache
def own_quantities() -> Mapping[str, Mapping[str, Quantity]]:
    """The quantities of the probes that do not come with overfit, by probe.

    Raises:
        ContractError: a file doesn't say what it measures.
    """
    own = {name: _quantities(name) for name in probes() if name not in COMES_WITH_OVERFIT}
    for name, quantities in own.items():
        for other in set(own) - {name}:
            if twice := quantities.keys() & own[other].keys():
                raise ContractError(probe_file(name), f"{other} measures {min(twice)}, too")
    return own


def _quantities(name: str) -> Mapping[str, Quantity]:
    file = probe_file(name)
    module = load(f"overfit.training.probes.{name}", file)
    found = getattr(module, "QUANTITIES", None)
    if not found or not all(isinstance(one, Quantity) for one in found.values()):
        mistake = "says not what it measures; write QUANTITIES = "
        raise ContractError(file, mistake + '{"NAME": Quantity(Metric("Words"))}')
    if not callable(getattr(module, "measure", None)):
        raise ContractError(file, "has no function measure(snapshot)")
    return found
