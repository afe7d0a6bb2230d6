"""Replicates of one network that are trained together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.loss import softmax_minus_target, targets
from overfit.nn.memory import Arrays, Parameters, Scratch, alike, stacked
from overfit.nn.network import Network
from overfit.nn.optimizers import Optimizer, Update
from overfit.nn.optimizers.sgd import SGD
from overfit.nn.penalties import Constraint, Penalty
from overfit.nn.penalties.l2 import L2
from overfit.training.examples import Examples
from overfit.training.live import live_first, narrowed


@dataclass(frozen=True)
class Replicate:
    """One network to train: its seed, its data, and how it learns."""

    seed: int
    train: Examples
    validation: Examples
    optimizer: Optimizer
    penalties: tuple[Penalty | Constraint, ...] = ()
    """Penalties and constraints on the weights: in the gradient, after each step, or both."""
    test: Examples | None = None
    """Its own test examples, if its training set determines the scaling of its inputs; otherwise it
    uses those common to all."""
    class_weights: NDArray[np.float64] | None = None
    """The weight (K,) of each class in the training objective; None for 1. Recorded losses are
    without weights."""


class Stack:
    """Parameters, states and data of R replicates, and the update of all of them at once.

    All training sets have the same size, and equally many inputs are multiplied, see
    `overfit.training.live`. Nothing large is allocated after the first update.

    `parameters` store the first weights in the order in which training reads them; `one`, `some`
    and `ordered` return them in the order of the inputs.
    """

    def __init__(
        self,
        network: Network,
        replicates: Sequence[Replicate],
        classes: int,
        init: Sequence[np.random.Generator],
        mask: Sequence[np.random.Generator] = (),
        *,
        clip: float | None = None,
        label_smoothing: float = 0.0,
    ) -> None:
        """Draw the initial weights.

        Args:
            network: the shape shared by all replicates.
            replicates: R of them.
            classes: K, the number of logits.
            init: one stream per replicate for the initial weights.
            mask: one stream per replicate for dropout.
            clip: the largest norm of a replicate's whole gradient, including penalties; a longer
                one is scaled down. Source: Pascanu, Mikolov, Bengio (2013), On the difficulty of
                training recurrent neural networks.
            label_smoothing: see `overfit.nn.targets`.
        """
        self.network = network
        self.replicates = replicates
        self.mask = mask
        self.clip = clip
        self.label_smoothing = label_smoothing
        self.data = [r.train for r in replicates]
        _check_alike(replicates)
        self.dtype = self.data[0].dtype
        orders, counts = zip(*(live_first(network, e) for e in self.data), strict=True)
        if len(set(counts)) > 1:
            raise ValueError(
                f"training sets have {sorted(set(counts))} live inputs; replicates that are "
                "trained together need the same number"
            )
        self.live = counts[0]
        all_live = self.live == self.data[0].inputs.shape[1]
        self.position = None if all_live else [np.argsort(order) for order in orders]
        """By replicate: where the weights of each input are stored."""
        # Inputs are concatenated, so that a single `take` gathers the whole batch.
        self.inputs = None
        if all(e.ready for e in self.data):
            live = [
                e.inputs if all_live else np.take(e.inputs, order[: self.live], axis=1)
                for e, order in zip(self.data, orders, strict=True)
            ]
            self.inputs = np.concatenate(live)
        labels = np.concatenate([e.labels for e in self.data])
        self.targets = targets(labels, classes, self.dtype, label_smoothing)
        self.weights = None
        if any(r.class_weights is not None for r in replicates):
            equal = np.ones(classes)
            own = [equal if r.class_weights is None else r.class_weights for r in replicates]
            weights = [w[r.train.labels] for w, r in zip(own, replicates, strict=True)]
            self.weights = np.concatenate(weights).astype(self.dtype)
        self.first_row = (np.arange(len(replicates)) * len(self.data[0]))[:, None]
        self.parameters, self.states = network.init(init, self.dtype)
        self.gradient = self.parameters.like(np.empty_like(self.parameters.flat))
        self.narrow = network
        if not all_live:
            self.narrow = narrowed(network, self.live)
            for W, order in zip(self.parameters.layers[0]["W"], orders, strict=True):
                W[...] = W[order]
        self.multiplied = [_first(p.layers, self.live) for p in (self.parameters, self.gradient)]
        """Views of the parameters and the gradient that training multiplies and computes."""
        self.optimizer = stacked([r.optimizer for r in replicates], self.dtype)
        self.memory = self.optimizer.init(self.parameters.flat)
        on_weights = [
            stacked(members, self.dtype)
            for members in zip(*(r.penalties for r in replicates), strict=True)
        ]
        self.penalties = [part for part in on_weights if isinstance(part, Penalty)]
        self.decays: list[L2] = []
        if clip is None and isinstance(self.optimizer, SGD):
            # The step is a sum, and that along the gradient of L2 is a factor of the weights.
            self.decays = [part for part in self.penalties if isinstance(part, L2)]
            self.penalties = [part for part in self.penalties if not isinstance(part, L2)]
        self.constraints = [part for part in on_weights if isinstance(part, Constraint)]
        self.scratch = Scratch(self.dtype)
        self.updates = 0

    def update(self, batches: NDArray[np.integer[Any]], factor: float = 1.0) -> None:
        """One update of every replicate, from the rows `batches` (R, B) of their training sets.

        Args:
            batches: which examples; row r indexes replicate r's training set.
            factor: the learning-rate schedule's factor of this update.
        """
        self.updates += 1
        scale = np.asarray(self.optimizer.gradient_scale(factor), self.dtype).reshape(-1, 1)
        self.compute_gradient(batches, scale)
        if self.clip is not None:
            self._clip(scale)
        for decay in self.decays:
            decay.shrink(self.parameters.weights, scale)
        now = Update(self.updates, factor, self.scratch)
        self.optimizer.step(self.parameters, self.gradient.flat, self.memory, now)
        for constraint in self.constraints:
            constraint.apply(self.parameters, self.optimizer.lr * factor, self.scratch)

    def compute_gradient(self, batches: NDArray[np.integer[Any]], scale: NDArray[Any]) -> None:
        """Write `scale` (R, 1) times the gradient of the mean loss and penalties to `gradient`.

        L2 is left out where it is one of the `decays`.
        """
        scratch = self.scratch
        rows = batches + self.first_row
        x = scratch("x", (*rows.shape, self.live))
        if self.inputs is not None:
            # mode="clip" avoids the copy of the default bounds check; rows are in range.
            np.take(self.inputs, rows, axis=0, out=x, mode="clip")
        else:
            for r, examples in enumerate(self.data):
                examples.gather(batches[r], x[r], scratch)
        target = scratch("target", (*rows.shape, self.targets.shape[1]))
        np.take(self.targets, rows, axis=0, out=target, mode="clip")
        params, grads = self.multiplied
        logits, caches = self.narrow.forward(
            params, self.states, x, train=True, rng=self.mask, scratch=scratch
        )
        # Scale the gradient of the logits, a few thousand numbers, not that of every parameter.
        each = scale[:, :, None] / rows.shape[1]
        if self.weights is not None:
            each = each * self.weights[rows][:, :, None]
        dlogits = softmax_minus_target(logits, target, each, scratch)
        self.narrow.backward(params, caches, dlogits, grads=grads, scratch=scratch)
        if self.position is not None:
            self.gradient.layers[0]["W"][:, self.live :] = 0
        for penalty in self.penalties:
            penalty.add_gradient(self.parameters.weights, self.gradient.weights, scale, scratch)

    def _clip(self, scale: NDArray[Any]) -> None:
        """Scale each replicate's gradient, of which g is `scale` times, to a norm of `clip`.

        If the schedule has decreased the learning rate to 0, `scale` and g are 0.
        """
        g, size = self.gradient.flat, np.abs(scale)
        norms = np.sqrt(np.matmul(g[:, None, :], g[:, :, None])[:, 0])
        longest = np.maximum(norms + 1e-6 * size, np.finfo(self.dtype).tiny)
        np.multiply(g, np.minimum(1, self.clip * size / longest), out=g)

    def one(self, r: int) -> tuple[list[Arrays], list[Arrays]]:
        """Parameters and states of replicate `r`, as views with a replicate axis of length 1."""
        return self.some([r])

    def some(self, chosen: Sequence[int]) -> tuple[list[Arrays], list[Arrays]]:
        """Parameters, only to be read, and states of some replicates, ascending.

        The states are views if all are selected.
        """
        first, last = chosen[0], chosen[-1]
        index = slice(first, last + 1) if last - first < len(chosen) else list(chosen)
        params, states = (
            [{name: array[index] for name, array in layer.items()} for layer in layers]
            for layers in (self.parameters.layers, self.states)
        )
        if self.position is not None:
            W = self.parameters.layers[0]["W"]
            params[0]["W"] = np.stack([W[r][self.position[r]] for r in chosen])
        return params, states

    def ordered(self, r: int) -> Parameters:
        """The parameters of replicate `r` with a replicate axis of length 1, only to be read."""
        parameters = self.parameters.like(self.parameters.flat[r : r + 1])
        if self.position is not None:
            stored = parameters.layers[0]["W"]
            parameters = parameters.like(parameters.flat.copy())
            np.take(stored, self.position[r], axis=1, out=parameters.layers[0]["W"])
        return parameters


def _first(layers: Sequence[Arrays], live: int) -> list[Arrays]:
    """The same arrays, but only the rows of the first weights that training multiplies."""
    first = {name: array[:, :live] if name == "W" else array for name, array in layers[0].items()}
    return [first, *layers[1:]]


def _check_alike(replicates: Sequence[Replicate]) -> None:
    """Refuse replicates that cannot be trained together."""
    shapes = {(len(r.train), r.train.inputs.shape[1], str(r.train.dtype)) for r in replicates}
    if len(shapes) > 1:
        raise ValueError(
            f"training sets have examples, inputs and types {sorted(shapes)}; replicates that "
            "are trained together need the same"
        )
    parts = {tuple(map(alike, (r.optimizer, *r.penalties))) for r in replicates}
    if len(parts) > 1:
        names = sorted({" ".join(kind.__name__ for kind, *_ in found) for found in parts})
        raise ValueError(
            f"optimizers, penalties and constraints are {' and '.join(names)}; replicates that "
            "are trained together need the same kind of each part"
        )
