"""Metrics: the numbers that every run yields, and those that its probes add.

A probe's quantities at the last evaluation point are metrics called `{probe}.{quantity}.{layer}`,
such as `weights.l2_norm.2`; `layer` counts affine layers from 1, or is `all` for the whole network.
Both kinds may be taken where runs are equally well trained instead; see `overfit.config.matched`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from overfit.config.contract import ContractError
from overfit.config.matched import CRITERIA, MATCH, match_mistake
from overfit.config.problems import did_you_mean, say
from overfit.config.search_metrics import SEARCH_METRICS, is_of_search, search_metric_mistake
from overfit.metrics.quantities import Quantity, own_quantities, probe_file

METRICS = (
    "train_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "train_loss",
    "validation_loss",
    "test_loss",
    "gap",
    "updates_to_90",
    "diverged",
)
"""The metrics of every run, in the order of the tables."""

ALL_LAYERS = "all"

_QUANTILES = ("q00", "q01", "q05", "q25", "q50", "q75", "q95", "q99", "q100")
_WRITTEN: Mapping[str, Mapping[str, Quantity]] = {
    "activations": {
        "activation_mean": Quantity(),
        "activation_std": Quantity(positive=True),
        "dead": Quantity(),
    },
    "effective_lr": {"effective_lr": Quantity(positive=True)},
    "gradients": {"gradient_norm": Quantity(positive=True, whole=True)},
    "weights": {
        "l2_norm": Quantity(positive=True, whole=True),
        "rms": Quantity(positive=True, whole=True),
        "zeros": Quantity(whole=True),
        "small": Quantity(whole=True),
        "max_column_norm": Quantity(positive=True),
        **dict.fromkeys(_QUANTILES, Quantity()),
    },
}
PROBES: Mapping[str, Mapping[str, Quantity]] = {**_WRITTEN, **own_quantities()}
"""The quantities of each probe that are metrics: one number a layer, no bins of a histogram."""
_PROBED = rf"({'|'.join(PROBES)})\.[a-z0-9_]+\.([1-9][0-9]*|{ALL_LAYERS})"
_MATCHED = rf"{MATCH}({'|'.join(CRITERIA)})=[0-9].*"
_SEARCHED = "|".join(SEARCH_METRICS).replace(".", r"\.")
PATTERN = rf"^({_SEARCHED}|{_PROBED}|({'|'.join(METRICS)}){_MATCHED}|{_PROBED}{_MATCHED})$"
"""What metrics look like that are not in `METRICS`, for editors."""


def refuse_twice(own: Mapping[str, Mapping[str, Quantity]]) -> None:
    """Raise a `ContractError` if a probe measures what one that comes with overfit measures."""
    written = {quantity for quantities in _WRITTEN.values() for quantity in quantities}
    for name, quantities in own.items():
        if twice := written & quantities.keys():
            raise ContractError(probe_file(name), f"another probe measures {min(twice)}, too")


refuse_twice(own_quantities())


def metric_mistake(name: str, probes: Sequence[str] | None) -> str | None:
    """What is wrong with the name of a metric; None if nothing is.

    Args:
        name: what was written.
        probes: the probes that the experiment records; None if that is not known.
    """
    if name in METRICS:
        return None
    if is_of_search(name):
        return search_metric_mistake(name)
    if MATCH in name:
        metric, _, criterion = name.partition(MATCH)
        wrong = metric_mistake(metric, probes) or match_mistake(metric, criterion)
        return wrong and f"{say(name)}: {wrong}"
    probe, _, rest = name.partition(".")
    if name in PROBES:
        example = f"{name}.{next(iter(PROBES[name]))}.1"
        return f"{name} is a probe; write {name}.QUANTITY.LAYER, such as {example}"
    if not rest:
        return f"{say(name)} is not known{did_you_mean(name, METRICS)}"
    if probe not in PROBES:
        return f"{say(name)}: no probe {probe!r}{did_you_mean(probe, PROBES)}"
    quantity, _, layer = rest.rpartition(".")
    if not quantity:
        return f"{say(name)} names no layer; write {probe}.{rest}.1, or all for the whole network"
    if quantity not in PROBES[probe]:
        hint = did_you_mean(quantity, PROBES[probe])
        return f"{say(name)}: {probe} has no quantity {quantity!r}{hint}"
    if wrong := _layer_mistake(PROBES[probe][quantity], quantity, layer):
        return f"{say(name)}: {wrong}"
    if probes is not None and probe not in probes:
        return f"{say(name)} is not recorded; add probes: [{', '.join([*probes, probe])}]"
    return None


def ratio_mistake(name: str) -> str | None:
    """Why there are no ratios of a metric; None if there are."""
    metric = name.partition(MATCH)[0]
    if metric in ("gap", "diverged", "search.gap"):
        return f"{metric} can be 0 or negative, so it has no ratio; use a difference"
    probe, _, rest = metric.partition(".")
    quantity = PROBES.get(probe, {}).get(rest.rpartition(".")[0])
    if quantity and not quantity.positive:
        return (
            f"{rest.rpartition('.')[0]} can be 0 or negative, so it has no ratio; use a difference"
        )
    return None


def _layer_mistake(quantity: Quantity, name: str, layer: str) -> str | None:
    if layer == ALL_LAYERS:
        return None if quantity.whole else f"{name} is measured layer by layer; name a layer: 1"
    if not quantity.layers:
        return f"{name} is measured of the whole network; write {ALL_LAYERS} for {layer}"
    if not layer.isdecimal() or layer.startswith("0"):
        return f"{layer!r} is no layer; layers are 1, 2, 3 ..." + (
            f", or {ALL_LAYERS}" if quantity.whole else ""
        )
    return None
