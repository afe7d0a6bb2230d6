"""What the networks of an experiment consist of, and which of them have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from overfit import parts as own
from overfit.report.units import setting

Settings = Mapping[str, Any]
SEARCHED = "searched"
INITS = {
    "he": "He",
    "he_uniform": "He, uniform",
    "xavier": "Xavier",
    "xavier_uniform": "Xavier, uniform",
    "glorot": "Glorot",
    "glorot_uniform": "Glorot, uniform",
}
ACTIVATIONS = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "tanh": "tanh", "gelu": "GELU"}


@dataclass(frozen=True)
class Part:
    """A part of a network.

    Attributes:
        name: what it is, with its values: `dropout 0.15 or 0.2`.
        note: who has it, "" if every network does.
        beside: whether it works on the weights, not on what flows through the network.
    """

    name: str
    note: str = ""
    beside: bool = False


@dataclass(frozen=True)
class Network:
    """The parts of an experiment's networks, in the order in which an image meets them.

    Attributes:
        hidden: the units of each hidden layer: of the networks with the fewest and with the most
            layers, both with the fewest and with the most units.
        entry: what happens to the inputs.
        layer: what a hidden layer consists of.
        exit: what follows the last hidden layer.
    """

    hidden: list[tuple[int, int]]
    depths: tuple[int, int]
    entry: list[Part]
    layer: list[Part]
    exit: list[Part]


def network(plan: Mapping[str, Any]) -> Network:
    """Describe the networks of a plan, those whose settings are searched included."""
    cells = [(cell["variant"], cell["settings"]) for cell in plan["cells"]]
    searched = {key for search in plan["searches"].values() for key in search["space"]}
    parts = _Parts(plan, cells, searched)
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
        entry=[
            *parts.of("dropout", _input_dropout, ("dropout.input",)),
        ],
        layer=[
            _weights(cells, searched),
            *parts.of("L2 penalty", _number("penalty", "l2"), ("penalty.l2",), beside=True),
            *parts.of("L1 penalty", _number("penalty", "l1"), ("penalty.l1",), beside=True),
            *parts.of("Lp penalty", _number("penalty", "lp"), ("penalty.lp",), beside=True),
            *parts.of("norm at most", _number("penalty", "max_norm"), ("penalty.max_norm",),
                      beside=True),
            *(part for name in own.names("penalties")
              for part in parts.of(f"{_words(name)} penalty", _own("penalty", name),
                                   (f"penalty.{name}",), beside=True)),
            *_layers(parts, "before"),
            *parts.of("batch normalization", _norm("batch_norm", "before"), ("batch_norm",)),
            *parts.of("layer normalization", _norm("layer_norm", "before"), ("layer_norm",)),
            _activation(cells, searched),
            *parts.of("batch normalization", _norm("batch_norm", "after"), ()),
            *parts.of("layer normalization", _norm("layer_norm", "after"), ()),
            *_layers(parts, "after"),
            *parts.of("dropout", _number("dropout", "rate"), ("dropout", "dropout.rate")),
        ],
        exit=[
            Part("softmax and cross-entropy"),
            *parts.of("label smoothing", _number("train", "label_smoothing"),
                      ("train.label_smoothing",), beside=True),
        ],
    )  # fmt: skip


class _Parts:
    """Finds out which networks have a part, and with which values."""

    def __init__(
        self,
        plan: Mapping[str, Any],
        cells: Sequence[tuple[str, Settings]],
        searched: set[str],
    ) -> None:
        self.plan, self.cells, self.searched = plan, cells, searched

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
            value: gives its value in some settings: None or 0 where it is absent, True if it is
                there and has no value.
            keys: the settings that bring it in if they are searched.
            beside: see `Part`.
        """
        found = [(variant, value(settings)) for variant, settings in self.cells]
        values = list(dict.fromkeys(one for _, one in found if one and one is not True))
        have = [variant for variant, one in found if one]
        looked_for = [
            variant
            for variant, search in self.plan["searches"].items()
            if set(keys) & set(search["space"])
        ]
        if not have and not looked_for:
            return
        shown = "" if set(looked_for) >= set(have) else _either(values)
        yield Part(f"{name} {shown}".rstrip(), self._note(have, looked_for, values), beside)

    def _note(self, have: list[str], looked_for: list[str], values: Sequence[Any]) -> str:
        variants = list(self.plan["variants"])
        if looked_for and set(looked_for) >= set(have):
            return (
                "searched"
                if len(looked_for) == len(variants)
                else self._who(looked_for, "searched")
            )
        everywhere = len(have) == len(self.cells)
        if everywhere and len(values) <= 1:
            return ""
        with_it = [v for v in variants if v in have]
        partly = any(have.count(v) < sum(1 for w, _ in self.cells if w == v) for v in with_it)
        if everywhere or (partly and len(with_it) == len(variants)):
            return "varies"
        return self._who(with_it, "")

    def _who(self, variants: Sequence[str], verb: str) -> str:
        labels = self.plan["variants"]
        if len(variants) == 1 and len(labels) > 1:
            who = labels[variants[0]]["label"]
        else:
            who = f"{len(variants)} of {len(labels)} variants"
        return f"{verb} in {who}".strip() if verb else f"in {who}"


def _layers(parts: _Parts, place: str) -> Iterator[Part]:
    """The layers of `overfit.parts` that stand there."""
    for name, kind in own.parts("layers").items():
        if own.place(kind) == place:
            yield from parts.of(_words(name), _own(name), (name,))


def _own(*path: str) -> Callable[[Settings], Any]:
    """The settings of a part of `overfit.parts` as a text, True if it has none."""

    def value(settings: Settings) -> Any:
        found: Any = settings
        for step in path:
            found = (found or {}).get(step)
        if not isinstance(found, Mapping):
            return found
        return ", ".join(f"{key} {setting(one)}" for key, one in found.items()) or True

    return value


def _words(name: str) -> str:
    return name.replace("_", " ")


def _either(values: Sequence[Any]) -> str:
    """`0.1`, `0.15 or 0.2`, `0.1 to 0.9`."""
    texts = [setting(value) for value in values]
    if len(texts) <= 2:
        return " or ".join(texts)
    if all(isinstance(value, int | float) for value in values):
        return f"{setting(min(values))} to {setting(max(values))}"
    return ", ".join(texts)


def _number(part: str, key: str) -> Callable[[Settings], Any]:
    return lambda settings: (settings.get(part) or {}).get(key)


def _norm(part: str, place: str) -> Callable[[Settings], Any]:
    return lambda settings: (settings.get(part) or {}).get("place", None) == place


def _input_dropout(settings: Settings) -> Any:
    return (settings.get("dropout") or {}).get("input")


def _weights(cells: Sequence[tuple[str, Settings]], searched: set[str]) -> Part:
    if any(key.startswith("model.init") for key in searched):
        return Part("weights, initially", SEARCHED)
    inits = [settings["model"]["init"] for _, settings in cells]
    names = list(dict.fromkeys(INITS.get(one["name"], one["name"]) for one in inits))
    scales = list(dict.fromkeys(one["std"] for one in inits if one.get("std") is not None))
    shown = [name for name in names if name != "normal" or not scales]
    if scales:
        shown.append(f"std {_either(scales)}")
    return Part(f"weights, initially {' or '.join(shown)}", _if_several([*shown[1:], *scales[1:]]))


def _activation(cells: Sequence[tuple[str, Settings]], searched: set[str]) -> Part:
    if any(key.startswith("model.activation") for key in searched):
        return Part("activation", SEARCHED)
    given = [settings["model"]["activation"] for _, settings in cells]
    names = [one["name"] if isinstance(one, Mapping) else one for one in given]
    shown = list(dict.fromkeys(ACTIVATIONS.get(name, name) for name in names))
    return Part(" or ".join(shown), _if_several(shown[1:]))


def _if_several(others: Sequence[Any]) -> str:
    return "varies" if others else ""
