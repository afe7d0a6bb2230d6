"""The table of metrics: the name, unit, digits and meaning of each.

Every run yields one number per seed for each metric of `METRICS`; every search yields one per
repeat for each of `SEARCH_METRICS`. A probe defines the quantities that it measures in its own
file, `training/probes/NAME.py`:

    QUANTITIES = {"mean_margin": Quantity(Metric("Mean margin", "nats", "nats"), whole=True)}

They are the metrics `PROBE.QUANTITY.LAYER`, where the layer counts affine layers from 1 or is `all`
for the whole network; a quantity that is one number per network is called by its own name (`ece`),
and one of each class by the number of the class from 0 (`classes.recall.0`).

A metric of runs or of probes can also be taken where runs are equally well trained, seed by seed:
`gap@train_accuracy=0.95` is the gap where training accuracy first reaches 0.95,
`test_accuracy@train_loss=0.1` the test accuracy where training loss first reaches 0.1; see
`overfit.metrics.matching`.

An experiment may have custom metrics: its `measurements` or its trainers declare them, and
`declare` makes them known to `metric`. A name means the same in all experiments of a study.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from overfit.config.contract import ContractError, files, load
from overfit.metrics.axes import lowered
from overfit.metrics.format import number, percent, setting

ALL_LAYERS = "all"
MATCH = "@"
SEARCHED = "search."
PLANE = "plane"
"""The probe whose maps the report draws."""
THRESHOLD = 0.9
"""The training accuracy at which `updates_to_90` ends."""
SPLITS = ("train", "validation", "test")
Criterion = Literal["train_accuracy", "train_loss"]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
"""The metrics by which runs are matched."""


_COUNTABLE = ("gap", "rise", "share", "gain")
"""The last word of names that need an article in a sentence."""


@dataclass(frozen=True)
class Metric:
    """A metric, and the format of its values.

    Attributes:
        name: Name for people.
        unit: Unit of a value, "" for a pure number.
        difference_unit: Unit of a difference between two values.
        factor: Factor of a stored value when it is shown.
        decimals: Digits after the point, or None for three significant digits.
        better: The better side, if there is one.
        ratios: Whether it is positive, so that ratios make sense.
        meaning: Its definition, for the reference.
        at: The point in training where it is taken, for readers; "" at the end.
        bounds: The lowest and the highest possible value.
        share: Whether it is 0 or 1 for each seed, so that its mean is a share of seeds.
    """

    name: str
    unit: str = ""
    difference_unit: str = ""
    factor: float = 1.0
    decimals: int | None = None
    better: Literal["higher", "lower"] | None = None
    ratios: bool = True
    meaning: str = ""
    at: str = ""
    bounds: tuple[float, float] = (-math.inf, math.inf)
    share: bool = False

    @property
    def label(self) -> str:
        """Its name and where it is taken."""
        return f"{self.name} {self.at}".rstrip()

    @property
    def subject(self) -> str:
        """Its label as the subject of a sentence: `The gap`, `Weights below 0.001 in layer 2`."""
        what = re.sub(r", (layer \d+|all layers)", r" in \1", self.label)
        return f"The {lowered(what)}" if self._noun.lower().endswith(_COUNTABLE) else what

    def verb(self, one: str, several: str) -> str:
        """The form of a verb for its name, which may be a plural: `Updates to 90 %`."""
        noun = self._noun
        return several if noun.endswith("s") and not noun.endswith("ss") else one

    @property
    def _noun(self) -> str:
        return re.split(r",| (?:to|of|at|in|below|above|with) ", self.label)[0]

    def compared(self, way: Literal["above", "below", "same"]) -> str:
        """A comparison of two of its values up to `than` or `as`: `Test accuracy is higher`."""
        if self.verb("is", "are") == "are":
            words = {"above": "more", "below": "fewer", "same": "about as many"}
            return f"There are {words[way]} {lowered(self.subject)}"
        words = {"above": "higher", "below": "lower", "same": "about the same"}
        return f"{self.subject} is {words[way]}"

    @property
    def axis(self) -> str:
        """The label of an axis of values; a unit that is part of the name is not repeated."""
        said = not self.unit or self.unit in self.name.lower()
        unit = "" if said else f" ({self.unit})"
        return f"{self.name}{unit} {self.at}".rstrip()

    @property
    def difference_axis(self) -> str:
        """The label of an axis of differences."""
        return f"Difference ({self.difference_unit})" if self.difference_unit else "Difference"

    def text(self, scaled: float, *, sign: str = "") -> str:
        """A value that was multiplied by the factor; `sign="+"` writes the plus of a difference."""
        return number(scaled, decimals=self.decimals, plus=bool(sign))

    def value(self, stored: float) -> str:
        """A stored value as text, without unit."""
        return self.text(stored * self.factor)

    def difference(self, stored: float) -> str:
        """A stored difference as text with its sign, without unit."""
        return self.text(stored * self.factor, sign="+")

    def amount(self, stored: float) -> str:
        """The size of a stored difference as text with its unit."""
        return f"{self.value(stored)} {self.difference_unit}".rstrip()

    def interval(self, low: float, high: float) -> str:
        """An interval of stored values as text, without unit."""
        return f"[{self.value(low)}, {self.value(high)}]"


@dataclass(frozen=True)
class Quantity:
    """A number that a probe measures of a network or of its layers."""

    wording: Metric | None = None
    """Its name, unit and format; without it, readers see the key."""
    positive: bool = False
    """Whether it is always above 0, so that ratios make sense."""
    whole: bool = False
    """Whether it is measured of the whole network, as layer 0."""
    layers: bool = True
    """Whether it is measured of each layer."""
    hidden: bool = False
    """Whether only hidden layers have it, because it is about activations."""
    classes: bool = False
    """Whether it is measured of each class: class 0 as layer 1 and so on."""

    @property
    def alone(self) -> bool:
        """Whether it is one number per network, so that the metric has its name alone."""
        return self.whole and not self.layers


@dataclass(frozen=True)
class Matched:
    """A metric where a criterion is first met."""

    metric: str
    criterion: Criterion
    value: float


def percentage(name: str, unit: str = "%", **more: Any) -> Metric:
    """A share, stored as a fraction from 0 to 1 and shown in percent."""
    more = {"bounds": (0.0, 1.0), **more}
    return Metric(name, unit, difference_unit="points", factor=100.0, decimals=1, **more)


def _accuracy(name: str, meaning: str) -> Metric:
    return percentage(name, better="higher", meaning=meaning)


def _loss(name: str, meaning: str) -> Metric:
    above_0 = (0.0, math.inf)
    return Metric(name, "nats", "nats", better="lower", meaning=meaning, bounds=above_0)


METRICS: Mapping[str, Metric] = {
    **{
        f"{split}_accuracy": _accuracy(
            f"{split.replace('train', 'training').capitalize()} accuracy",
            f"share of correct answers on {split.replace('train', 'training')} images at the last "
            "evaluation, from 0 to 1; before the first update if the run diverged",
        )
        for split in SPLITS
    },
    **{
        f"{split}_loss": _loss(
            f"{split.replace('train', 'training').capitalize()} loss",
            f"mean cross-entropy on {split.replace('train', 'training')} images at the last "
            "evaluation, in nats",
        )
        for split in SPLITS
    },
    "gap": percentage(
        "Gap",
        "points",
        better="lower",
        ratios=False,
        meaning="training accuracy minus test accuracy",
        bounds=(-1.0, 1.0),
    ),
    "generalization_gap_loss": Metric(
        "Loss gap",
        "nats",
        "nats",
        better="lower",
        ratios=False,
        meaning="test loss minus training loss",
    ),
    "test_error": percentage(
        "Test error",
        better="lower",
        meaning="share of wrong answers on test images, 1 minus test accuracy; for ratios, since a "
        "difference of accuracies looks small where few errors are left",
    ),
    "best_test_accuracy": _accuracy(
        "Best test accuracy",
        "highest test accuracy of all evaluations. The test images choose it, so it is what "
        "stopping at the right time could reach at most",
    ),
    "test_loss_rise": Metric(
        "Rise of the test loss",
        "nats",
        "nats",
        better="lower",
        ratios=False,
        meaning="test loss at the end minus the lowest of all evaluations: 0 without overfitting",
        bounds=(0.0, math.inf),
    ),
    "updates_to_best_test_loss": Metric(
        "Updates to lowest test loss",
        "updates",
        "updates",
        decimals=0,
        meaning="evaluated update with the lowest test loss, from which on test loss rises; the "
        "budget if it never does",
        bounds=(0.0, math.inf),
    ),
    "updates_to_90": Metric(
        "Updates to 90\N{NO-BREAK SPACE}%",
        "updates",
        "updates",
        decimals=0,
        better="lower",
        meaning=f"update at which training accuracy first reaches {THRESHOLD}, interpolated "
        "between evaluations. A seed that never gets there is censored: it counts with its whole "
        "budget, so means are restricted means, and the column `censored` counts such seeds",
        bounds=(0.0, math.inf),
    ),
    "diverged": percentage(
        "Diverged seeds",
        better="lower",
        ratios=False,
        share=True,
        meaning="1 for a seed that diverged, else 0: its mean is the share of diverged seeds",
    ),
}
"""The metrics of every run, in the order of metrics.csv."""

SEARCH_METRICS: Mapping[str, Metric] = {
    "search.validation_accuracy": _accuracy(
        "Best trial's validation accuracy",
        "validation accuracy of the best trial of each repeat; too optimistic where it is the "
        "objective",
    ),
    "search.validation_loss": _loss(
        "Best trial's validation loss", "validation loss of the best trial"
    ),
    "search.test_accuracy": _accuracy(
        "Best trial's test accuracy",
        "test accuracy of the best trial, which no search looks at",
    ),
    "search.test_loss": _loss("Best trial's test loss", "test loss of the best trial"),
    "search.gap": percentage(
        "Best trial's validation minus test accuracy",
        "points",
        better="lower",
        ratios=False,
        meaning="validation minus test accuracy of the best trial: by how much the validation "
        "accuracy is too optimistic",
        bounds=(-1.0, 1.0),
    ),
    "search.anytime": Metric(
        "Best score so far, averaged over the search",
        meaning="the best score so far, in the unit of the objective, averaged over what the "
        "trials spend from the first whole training on: good where good trials come early. Of a "
        "method that doesn't learn from its trials, the mean over all orders of them",
    ),
}
"""The metrics of searches. Repeats with the same number see the same images, whichever variant they
belong to, so variants are compared in pairs, repeat by repeat."""


_DECLARED: dict[str, Metric] = {}


def declare(own: Mapping[str, Metric]) -> None:
    """Make an experiment's own metrics known by name."""
    _DECLARED.update(own)


WHOLE_RUN = (
    *("updates_to_90", "diverged", "best_test_accuracy", "test_loss_rise"),
    "updates_to_best_test_loss",
)
"""Metrics of a whole run, which have no value at one evaluation."""
GAPS = ("gap", "generalization_gap_loss", "search.gap")
"""Differences between two splits, in which classes must be equally frequent."""


def differences(by_split: Mapping[str, Any]) -> dict[str, Any]:
    """The metrics that are differences of others, from `train_accuracy`, `test_loss` and so on."""
    return {
        "gap": by_split["train_accuracy"] - by_split["test_accuracy"],
        "generalization_gap_loss": by_split["test_loss"] - by_split["train_loss"],
        "test_error": 1 - by_split["test_accuracy"],
    }


def is_of_search(name: str) -> bool:
    """Whether a metric has one number per repeat of a search."""
    return name.startswith(SEARCHED)


PROBES = "overfit.training.probes"
_NO_PROBE = "probe"
"""The module that defines what a probe is."""


def probe_files() -> dict[str, Path]:
    """The files of all probes by name, without loading them."""
    return {name: file for name, file in files(PROBES).items() if name != _NO_PROBE}


@cache
def quantities() -> Mapping[str, Mapping[str, Quantity]]:
    """The quantities of each probe that are one number per layer.

    Raises:
        ContractError: a file lacks `QUANTITIES`, or has a quantity that another file has.
    """
    found: dict[str, Mapping[str, Quantity]] = {}
    for name, file in probe_files().items():
        own = _defined_in(name, file)
        for other, known in found.items():
            if twice := own.keys() & known.keys():
                raise ContractError(
                    file, f"measures {min(twice)}, as {other}.py does; rename one of them"
                )
        if taken := {one for one in own if own[one].alone} & METRICS.keys():
            raise ContractError(file, f"measures {min(taken)}, a metric of every run; rename it")
        found[name] = own
    return found


def alone() -> dict[str, str]:
    """The probe of each metric of probes that is one number per network."""
    return {
        name: probe
        for probe, own in quantities().items()
        for name, quantity in own.items()
        if quantity.alone
    }


def probe_metric(quantity: str, layer: int) -> str | None:
    """The metric that is this quantity of this layer in a table of measurements, if any.

    `ece`, `weights.l2_norm.2`, `weights.l2_norm.all` and, of class 0, `classes.recall.0`; a metric
    that a trainer declares.
    """
    for probe, own in quantities().items():
        if known := own.get(quantity):
            if known.alone:
                return quantity
            return f"{probe}.{quantity}.{layer - 1 if known.classes else layer or ALL_LAYERS}"
    return quantity if quantity in _DECLARED else None


def measurement(name: str) -> tuple[str, int] | None:
    """The quantity and the layer in a table of measurements of a metric of probes; else None.

    A trainer's own metric is a quantity of the whole network, too.
    """
    if name in alone() or name in _DECLARED:
        return name, 0
    if name.count(".") != 2 or is_of_search(name):
        return None
    probe, quantity, layer = name.split(".")
    if layer == ALL_LAYERS:
        return quantity, 0
    return quantity, int(layer) + quantities()[probe][quantity].classes


def probed(quantity: str) -> Metric:
    """The metric of a probe's quantity; an undefined one has its own name."""
    for own in quantities().values():
        if quantity in own:
            wording = own[quantity].wording or Metric(_words(quantity))
            return replace(wording, ratios=own[quantity].positive)
    return Metric(_words(quantity))


def metric(name: str) -> Metric:
    """A metric by its name; an unknown one has its own name."""
    if match := matched(name):
        accuracy = match.criterion == "train_accuracy"
        at = f"{percent(match.value)} training accuracy"
        at = at if accuracy else f"training loss {setting(match.value)}"
        return replace(metric(match.metric), at=f"at {at}")
    if name in METRICS:
        return METRICS[name]
    if name in SEARCH_METRICS:
        return SEARCH_METRICS[name]
    if name in alone():
        return probed(name)
    if name in _DECLARED:
        return _DECLARED[name]
    if name.count(".") >= 2:
        probe, rest = name.split(".", 1)
        quantity, layer = rest.rsplit(".", 1)
        wording = probed(quantity)
        known = quantities().get(probe, {}).get(quantity)
        if known and known.classes:
            return replace(wording, name=f"{wording.name}, class {layer}")
        where = "all layers" if layer in (ALL_LAYERS, "0") else f"layer {layer}"
        return replace(wording, name=f"{wording.name}, {where}")
    return Metric(_words(name))


def matched(name: str) -> Matched | None:
    """The parts of a matched metric's name; None for any other name."""
    stem, _, criterion = name.partition(MATCH)
    quantity, _, text = criterion.partition("=")
    for known in CRITERIA:
        if quantity == known:
            try:
                return Matched(stem, known, float(text))
            except ValueError:
                return None
    return None


def names_in(options: Any) -> Iterator[str]:
    """All texts in the options of figures and claims, as often as they occur."""
    if isinstance(options, str):
        yield options
    elif isinstance(options, Mapping):
        for value in options.values():
            yield from names_in(value)
    elif isinstance(options, list | tuple):
        for item in options:
            yield from names_in(item)


def _defined_in(name: str, file: Path) -> Mapping[str, Quantity]:
    module = load(f"{PROBES}.{name}", file)
    found = getattr(module, "QUANTITIES", None)
    if not found or not all(isinstance(one, Quantity) for one in found.values()):
        mistake = "does not define QUANTITIES; write QUANTITIES = "
        raise ContractError(file, mistake + '{"NAME": Quantity(Metric("Words"))}')
    if not callable(getattr(module, "measure", None)):
        raise ContractError(file, "has no function measure(snapshot)")
    return found


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
