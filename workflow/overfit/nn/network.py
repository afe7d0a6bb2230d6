"""A network: a sequence of layers, and their parameters in one block of memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from overfit.nn.activations.relu import ReLU
from overfit.nn.affine import Affine
from overfit.nn.initializers import Initializer
from overfit.nn.initializers.he import He
from overfit.nn.layers import PLACES, Layer, in_place, spread
from overfit.nn.memory import Array, Arrays, Generators, Parameters, Scratch


@dataclass(frozen=True)
class Network:
    """Layers applied one after the other; the last gives the logits."""

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        width = None
        for i, layer in enumerate(self.layers):
            takes = getattr(layer, "n_in", getattr(layer, "n", width))
            if width is not None and takes != width:
                raise ValueError(
                    f"layers[{i}] is {layer}; it must take the {width} outputs of the layer before"
                )
            width = getattr(layer, "n_out", takes)

    @property
    def n_out(self) -> int:
        """The number of logits, which is the number of classes."""
        return next(layer.n_out for layer in reversed(self.layers) if isinstance(layer, Affine))

    @cached_property
    def _in_place(self) -> list[bool]:
        """Whether each layer overwrites its input, forward, and its output's gradient, backward."""
        before = (None, *self.layers)
        return [
            hasattr(layer, "in_place_after") and layer.in_place_after(previous)
            for previous, layer in zip(before, self.layers, strict=False)
        ]

    def init(
        self, rngs: Sequence[np.random.Generator], dtype: DTypeLike = np.float32
    ) -> tuple[Parameters, list[Arrays]]:
        """Initial parameters and states of `len(rngs)` replicates.

        They are generated in float64 and rounded, so both precisions start from the same values.
        """
        made = [[layer.init(rng) for layer in self.layers] for rng in rngs]
        shapes = [{name: a.shape for name, a in params.items()} for params, _ in made[0]]
        size = sum(int(np.prod(shape)) for layer in shapes for shape in layer.values())
        parameters = Parameters(np.empty((len(rngs), size), dtype), shapes)
        for r, replicate in enumerate(made):
            for i, (params, _) in enumerate(replicate):
                for name, value in params.items():
                    parameters.layers[i][name][r] = value
        states = [
            {name: np.stack([m[i][1][name] for m in made]).astype(dtype) for name in made[0][i][1]}
            for i in range(len(self.layers))
        ]
        return parameters, states

    def monte_carlo(self) -> tuple[Network, Network]:
        """The layers before the first dropout, and the others with dropout in evaluation, too.

        The mean probabilities of several evaluations approximate those of the ensemble of thinned
        networks. Source: Gal and Ghahramani (2016), Dropout as a Bayesian approximation.
        """
        samples = [hasattr(layer, "sampled") for layer in self.layers]
        first = samples.index(True) if any(samples) else len(samples)
        sampling = [
            layer.sampled() if hasattr(layer, "sampled") else layer for layer in self.layers[first:]
        ]
        return Network(self.layers[:first]), Network(tuple(sampling))

    def forward(
        self,
        params: Sequence[Arrays],
        states: Sequence[Arrays],
        x: Array,
        *,
        train: bool,
        rng: Generators = (),
        scratch: Scratch,
    ) -> tuple[Array, list[Any]]:
        """Logits (R, B, K) of x (R, B, n_in), and what `backward` needs."""
        caches = []
        for i, layer in enumerate(self.layers):
            in_place = {"out": x} if self._in_place[i] else {}
            x, cache = layer.forward(
                params[i], states[i], x, train=train, rng=rng, scratch=scratch.child(i), **in_place
            )
            caches.append(cache)
        return x, caches

    def logits(
        self,
        params: Sequence[Arrays],
        states: Sequence[Arrays],
        x: Array,
        *,
        rng: Generators = (),
        scratch: Scratch,
    ) -> Array:
        """The logits of `forward` in evaluation, bit for bit.

        Nothing is kept for `backward`. So layers write into two memories in turn, which stay in the
        cache.
        """
        turn = 0
        for i, layer in enumerate(self.layers):
            in_place = {"out": x} if self._in_place[i] else {}
            own = scratch.child(turn)
            y, _ = layer.forward(
                params[i], states[i], x, train=False, rng=rng, scratch=own, **in_place
            )
            turn = turn if y is x else 1 - turn
            x = y
        return x

    def backward(
        self,
        params: Sequence[Arrays],
        caches: Sequence[Any],
        dlogits: Array,
        *,
        grads: Sequence[Arrays],
        scratch: Scratch,
        input_gradient: bool = False,
    ) -> Array | None:
        """Write dL/dparams into `grads`; compute the gradient of the input only if requested."""
        dy: Array | None = dlogits
        for i in reversed(range(len(self.layers))):
            assert dy is not None  # noqa: S101 - only the first layer may return None
            in_place = {"out": dy} if self._in_place[i] else {}
            dy = self.layers[i].backward(
                params[i],
                caches[i],
                dy,
                grads=grads[i],
                scratch=scratch.child(i),
                input_gradient=input_gradient or i > 0,
                **in_place,
            )
        return dy


def mlp(
    n_in: int,
    hidden: Sequence[int],
    n_out: int,
    *,
    activation: Layer | None = None,
    initializer: Initializer | None = None,
    norm: Callable[[int], Layer] | None = None,
    dropout: Layer | None = None,
    layers: Sequence[Callable[[int], Layer]] = (),
) -> Network:
    """A multilayer perceptron; each layer defines its own place, see `overfit.nn.layers`.

    Args:
        n_in: number of inputs.
        hidden: number of units of each hidden layer.
        n_out: number of classes.
        activation: of the hidden layers, ReLU by default.
        initializer: of the weights, He by default.
        norm: creates the normalization of a hidden layer from its number of units, if any.
        dropout: of each hidden layer, and of the input, if any.
        layers: create further layers of a hidden layer, as `norm` does.
    """
    initializer = initializer or He()
    activation = activation or ReLU()
    makers = [*([norm] if norm else []), *layers]
    if dropout is not None:
        makers.append(lambda n: dropout)
    units = hidden[0] if hidden else n_in
    at_input = [make(n_in) for make in makers if hasattr(make(units), "spread")]
    made = [layer for one in at_input if (layer := spread(one)[0]) is not None]
    for number, n in enumerate(hidden, start=1):
        inner = [make(n) for make in makers]
        is_last = number == len(hidden)
        before, after, last, instead = (
            [one for part in in_place(inner, place) if (one := spread(part)[1 + is_last])]
            for place in PLACES
        )
        kind: Any = instead[0] if instead else Affine(n_in, n)
        affine = replace(kind, n_in=n_in, n_out=n, initializer=initializer)
        made += [affine, *before, activation, *after, *last]
        n_in = n
    return Network((*made, Affine(n_in, n_out, initializer)))
