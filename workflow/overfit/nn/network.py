"""A network: layers in a row, and their parameters in one block of memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from overfit.nn.activations import ReLU
from overfit.nn.affine import Affine
from overfit.nn.dropout import Dropout
from overfit.nn.initializers import He, Initializer
from overfit.nn.layer import Arrays, Generators, Layer
from overfit.nn.scratch import Array, Scratch


class Parameters:
    """The parameters of R replicates as one matrix (R, P), and a named view of it for each layer.

    The weights of all layers come first, then biases, gammas and betas: an optimizer's step or a
    penalty is one operation on a slice rather than one for each layer.
    """

    def __init__(self, flat: Array, shapes: Sequence[dict[str, tuple[int, ...]]]) -> None:
        self.flat = flat
        self.shapes = shapes
        self.layers: list[Arrays] = [{} for _ in shapes]
        names = [(i, name) for i, layer in enumerate(shapes) for name in layer]
        start = 0
        for is_weight in (True, False):
            for i, name in names:
                if (name == "W") is is_weight:
                    shape = shapes[i][name]
                    stop = start + int(np.prod(shape))
                    self.layers[i][name] = flat[:, start:stop].reshape(-1, *shape)
                    start = stop
            if is_weight:
                self.weights = flat[:, :start]

    def like(self, flat: Array) -> Parameters:
        """The same layout over other memory, such as gradients."""
        return Parameters(flat, self.shapes)


@dataclass(frozen=True)
class Network:
    """Layers applied one after the other; the last gives the logits."""

    layers: tuple[Layer, ...]

    def init(
        self, rngs: Sequence[np.random.Generator], dtype: DTypeLike = np.float32
    ) -> tuple[Parameters, list[Arrays]]:
        """Initial parameters and states of `len(rngs)` replicates.

        They are drawn in float64 and rounded, so networks of both precisions start alike.
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
            x, cache = layer.forward(
                params[i], states[i], x, train=train, rng=rng, scratch=scratch.child(i)
            )
            caches.append(cache)
        return x, caches

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
        """Write dL/dparams into `grads`; the gradient of the input only if asked for."""
        dy: Array | None = dlogits
        for i in reversed(range(len(self.layers))):
            assert dy is not None  # noqa: S101 - only the first layer may give None
            dy = self.layers[i].backward(
                params[i],
                caches[i],
                dy,
                grads=grads[i],
                scratch=scratch.child(i),
                input_gradient=input_gradient or i > 0,
            )
        return dy


def mlp(
    n_in: int,
    hidden: Sequence[int],
    n_out: int,
    *,
    activation: Callable[[], Layer] = ReLU,
    initializer: Initializer | None = None,
    batch_norm: Callable[[int], Layer] | None = None,
    dropout: Dropout | None = None,
) -> Network:
    """A multilayer perceptron; each hidden layer is affine -> norm -> activation -> dropout.

    Args:
        n_in: number of inputs.
        hidden: number of units of each hidden layer.
        n_out: number of classes.
        activation: makes the activation of a hidden layer.
        initializer: of the weights, He by default.
        batch_norm: makes the normalization of a hidden layer from its number of units, if any.
        dropout: after each hidden activation, if any.
    """
    initializer = initializer or He()
    layers: list[Layer] = []
    for n in hidden:
        layers += [Affine(n_in, n, initializer)]
        layers += [batch_norm(n)] if batch_norm else []
        layers += [activation()]
        layers += [dropout] if dropout else []
        n_in = n
    return Network((*layers, Affine(n_in, n_out, initializer)))
