"""Replicates of one network that are stepped together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.layer import Arrays
from overfit.nn.loss import softmax_minus_target
from overfit.nn.network import Network
from overfit.nn.optimizers import Optimizer
from overfit.nn.penalties import Penalty
from overfit.nn.scratch import Scratch
from overfit.nn.stacking import stacked
from overfit.training.evaluate import Examples


@dataclass(frozen=True)
class Replicate:
    """One network to train: its seed, its data, and how it learns."""

    seed: int
    train: Examples
    validation: Examples
    optimizer: Optimizer
    penalties: tuple[Penalty, ...] = ()


class Stack:
    """Parameters, states and data of R replicates, and the update of all of them at once.

    The replicates' training sets are all of one size. Nothing is allocated after the first update.
    """

    def __init__(
        self,
        network: Network,
        replicates: Sequence[Replicate],
        classes: int,
        init: Sequence[np.random.Generator],
        mask: Sequence[np.random.Generator],
    ) -> None:
        """Draw the initial weights from the streams `init`; dropout will draw from `mask`."""
        self.network = network
        self.mask = mask
        # All training sets one below the other, so that a single `take` gathers the whole batch.
        self.inputs = np.concatenate([r.train.inputs for r in replicates])
        self.dtype = self.inputs.dtype
        labels = np.concatenate([r.train.labels for r in replicates])
        self.targets = np.eye(classes, dtype=self.dtype)[labels]
        self.first_row = (np.arange(len(replicates)) * len(replicates[0].train))[:, None]
        self.parameters, self.states = network.init(init, self.dtype)
        self.gradient = self.parameters.like(np.empty_like(self.parameters.flat))
        self.optimizer = stacked([r.optimizer for r in replicates], self.dtype)
        self.memory = self.optimizer.init(self.parameters.flat)
        self.penalties = [
            stacked(members, self.dtype)
            for members in zip(*(r.penalties for r in replicates), strict=True)
        ]
        self.scratch = Scratch(self.dtype)
        self.updates = 0

    def update(self, batches: NDArray[np.integer[Any]], factor: float = 1.0) -> None:
        """One update of every replicate, from the rows `batches` (R, B) of their training sets.

        Args:
            batches: which examples; row r indexes replicate r's training set.
            factor: what the learning-rate schedule says of this update.
        """
        self.updates += 1
        scratch = self.scratch
        rows = batches + self.first_row
        # mode="clip" skips a copy that the default bounds check makes; rows are in range.
        x = scratch("x", (*rows.shape, self.inputs.shape[1]))
        np.take(self.inputs, rows, axis=0, out=x, mode="clip")
        target = scratch("target", (*rows.shape, self.targets.shape[1]))
        np.take(self.targets, rows, axis=0, out=target, mode="clip")
        logits, caches = self.network.forward(
            self.parameters.layers, self.states, x, train=True, rng=self.mask, scratch=scratch
        )
        scale = np.asarray(self.optimizer.gradient_scale(factor), self.dtype).reshape(-1, 1)
        dlogits = softmax_minus_target(logits, target, scale[:, :, None] / rows.shape[1], scratch)
        self.network.backward(
            self.parameters.layers, caches, dlogits, grads=self.gradient.layers, scratch=scratch
        )
        for penalty in self.penalties:
            penalty.add_gradient(self.parameters.weights, self.gradient.weights, scale, scratch)
        self.optimizer.step(
            self.parameters.flat,
            self.gradient.flat,
            self.memory,
            t=self.updates,
            factor=factor,
            scratch=scratch,
        )

    def one(self, r: int) -> tuple[list[Arrays], list[Arrays]]:
        """Parameters and states of replicate `r`, as views with a replicate axis of length 1."""
        alone = slice(r, r + 1)
        params, states = (
            [{name: array[alone] for name, array in layer.items()} for layer in layers]
            for layers in (self.parameters.layers, self.states)
        )
        return params, states
