"""The parts of an experiment's networks, and which networks have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from overfit.config.experiment import Experiment
from overfit.config.parts import label
from overfit.config.parts import parts as parts_of
from overfit.metrics.format import setting
from overfit.nn.layers import in_place

Settings = Mapping[str, Any]
SEARCHED, VARIES = "searched", "varies"


@dataclass(frozen=True)
class Part:
    """A part of a network.

    Attributes:
        name: its name with its values: `dropout 0.15 or 0.2`.
        note: which networks have it, "" if all do.
        beside: whether it acts on the weights rather than on the signal.
    """

    name: str
    note: str = ""
    beside: bool = False


@dataclass(frozen=True)
class Network:
    """The parts of an experiment's networks, in the order in which an image passes them.

    Attributes:
        hidden: the units of each hidden layer: of the networks with the fewest and with the most
            layers, both with the fewest and with the most units.
        entry: the layers on the inputs.
        layer: the parts of a hidden layer.
        exit: the parts after the last hidden layer.
    """

    hidden: list[tuple[int, int]]
    depths: tuple[int, int]
    entry: list[Part]
    layer: list[Part]
    exit: list[Part]


def network(experiment: Experiment) -> Network:
    """Describe the networks of an experiment, including those of searches."""
    cells = [
        (cell.variant, cell.run.settings.model_dump(mode="json")) for cell in experiment.trained
    ]
    searched = {key for search in experiment.searches.values() for key in search.space}
    parts = _Parts(experiment, cells)
    shapes = [settings["model"]["hidden"] for _, settings in cells]
    depths = [len(shape) for shape in shapes]
    hidden = [
        (min(sizes), max(sizes))
        for place in range(max(depths))
        if (sizes := [shape[place] for shape in shapes if place < len(shape)])
    ]
    return Network(
        hidden=hidden,
        depths=(min(depths), max(depths)),
        entry=list(parts.of("dropout", _input_dropout, ["dropout.input"])),
        layer=[
            _weights(cells, searched),
            *_penalties(parts),
            *_layers(parts, "before"),
            _activation(cells, searched),
            *_layers(parts, "after"),
            *_layers(parts, "last"),
        ],
        exit=[
            Part("softmax and cross-entropy"),
            *parts.of("label smoothing", lambda one: one["train"]["label_smoothing"],
                      ["train.label_smoothing"], beside=True),
            *parts.of("class weights", _class_weights, ["train.class_weights"], beside=True),
        ],
    )  # fmt: skip


class _Parts:
    """Finds out which networks have a part, and with which values."""

    def __init__(self, experiment: Experiment, cells: Sequence[tuple[str, Settings]]) -> None:
        self.experiment, self.cells = experiment, cells

    def of(
        self,
        name: str,
        value: Callable[[Settings], Any],
        keys: Sequence[str],
        *,
        beside: bool = False,
    ) -> Iterator[Part]:
        """The part, if any network has it.

        Args:
            name: its name.
            value: returns its value in some settings: None or 0 where it is absent, True if it is
                present and has no value.
            keys: the settings that add it if they are searched.
            beside: see `Part`.
        """
        found = [(variant, value(settings)) for variant, settings in self.cells]
        values = list(dict.fromkeys(one for _, one in found if one and one is not True))
        have = [variant for variant, one in found if one]
        looked_for = [
            variant
            for variant, search in self.experiment.searches.items()
            if set(keys) & set(search.space)
        ]
        if not have and not looked_for:
            return
        shown = "" if set(looked_for) >= set(have) else _either(values)
        yield Part(f"{name} {shown}".rstrip(), self._note(have, looked_for, values), beside)

    def _note(self, have: list[str], looked_for: list[str], values: Sequence[Any]) -> str:
        variants = list(self.experiment.labels)
        if looked_for and set(looked_for) >= set(have):
            everyone = len(looked_for) == len(variants)
            return SEARCHED if everyone else f"{SEARCHED} {self._who(looked_for)}"
        everywhere = len(have) == len(self.cells)
        if everywhere and len(values) <= 1:
            return ""
        with_it = [v for v in variants if v in have]
        partly = any(have.count(v) < sum(1 for w, _ in self.cells if w == v) for v in with_it)
        if everywhere or (partly and len(with_it) == len(variants)):
            return VARIES
        return self._who(with_it)

    def _who(self, variants: Sequence[str]) -> str:
        labels = self.experiment.labels
        if len(variants) == 1 and len(labels) > 1:
            return f"in {labels[variants[0]]}"
        return f"in {len(variants)} of {len(labels)} variants"


def _penalties(parts: _Parts) -> Iterator[Part]:
    for name, kind in parts_of("penalties").items():
        words = label("penalties", name) + (" penalty" if hasattr(kind, "add_gradient") else "")
        value = partial(_penalty, name)
        yield from parts.of(words, value, (f"penalty.{name}",), beside=True)


def _penalty(name: str, settings: Settings) -> Any:
    return _as_text(settings["penalty"].get(name))


def _class_weights(settings: Settings) -> Any:
    weights = settings["train"]["class_weights"]
    if isinstance(weights, str):
        return None if weights == "none" else weights
    return ", ".join(f"{name} {weight:g}" for name, weight in weights.items())


def _layers(parts: _Parts, place: str) -> Iterator[Part]:
    """The layers in this place, in the order in which an image passes them."""
    names = {kind: name for name, kind in parts_of("layers").items()}
    usually = in_place(names, place)
    for kind in [*usually, *(other for other in names if other not in usually)]:
        name, keys = names[kind], []
        if kind in usually:
            keys = [name, f"{name}.{_main(kind)}".rstrip(".")]
        yield from parts.of(label("layers", name), partial(_layer, name, kind, place), keys)


def _layer(name: str, kind: type[Any], place: str, settings: Settings) -> Any:
    """The displayed value of a layer: its main number, or all settings if its class names none.

    None if it is off or in another place, which may be one of its settings.
    """
    own = settings.get(name)
    if own is None or own.get("place", getattr(kind, "place", "after")) != place:
        return None
    if main := _main(kind):
        return own[main]
    return True if hasattr(kind, "brief") else _as_text(own)


def _input_dropout(settings: Settings) -> Any:
    return (settings["dropout"] or {}).get("input")


def _main(kind: type[Any]) -> str:
    """The setting of a layer that is shown with its name, if its class names one."""
    brief = getattr(kind, "brief", "")
    return next(iter(brief)) if isinstance(brief, Mapping) else ""


def _as_text(found: Any) -> Any:
    """Settings of a part as a text, True if there are none; a single number as it is."""
    if not isinstance(found, Mapping):
        return found
    return ", ".join(f"{key} {setting(one)}" for key, one in found.items()) or True


def _either(values: Sequence[Any]) -> str:
    """`0.1`, `0.15 or 0.2`, `0.1 to 0.9`."""
    texts = [setting(value) for value in values]
    if len(texts) <= 2:
        return " or ".join(texts)
    if all(isinstance(value, int | float) for value in values):
        return f"{setting(min(values))} to {setting(max(values))}"
    return ", ".join(texts)


def _weights(cells: Sequence[tuple[str, Settings]], searched: set[str]) -> Part:
    if any(key.startswith("model.init") for key in searched):
        return Part("weights, initially", SEARCHED)
    inits = [settings["model"]["init"] for _, settings in cells]
    names = list(dict.fromkeys(label("initializers", one["name"]) for one in inits))
    scales = list(dict.fromkeys(one["std"] for one in inits if one.get("std") is not None))
    shown = [name for name in names if name != "normal" or not scales]
    if scales:
        shown.append(f"std {_either(scales)}")
    several = len(shown) > 1 or len(scales) > 1
    return Part(f"weights, initially {' or '.join(shown)}", VARIES if several else "")


def _activation(cells: Sequence[tuple[str, Settings]], searched: set[str]) -> Part:
    if any(key.startswith("model.activation") for key in searched):
        return Part("activation", SEARCHED)
    given = [settings["model"]["activation"] for _, settings in cells]
    names = [one["name"] if isinstance(one, Mapping) else one for one in given]
    shown = list(dict.fromkeys(label("activations", name) for name in names))
    return Part(" or ".join(shown), VARIES if len(shown) > 1 else "")
