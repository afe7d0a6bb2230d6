"""Training our stack and its PyTorch twins by the same steps."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pytest

from overfit import nn
from overfit.training.examples import Examples
from overfit.training.stack import Replicate, Stack
from tests.nn.torch_twin import named, ours, tensor, torch, twin, weights

STEPS = 50
REPLICATES = 3
BATCH = 12
PRECISIONS = pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 1e-4)], ids=["float64", "float32"]
)


def weights_decay(model, one):
    """Parameter groups for decoupled decay of the weights only."""
    decayed = weights(model)
    rest = [p for p in model.parameters() if not any(p is w for w in decayed)]
    return [
        {"params": decayed, "weight_decay": one.weight_decay},
        {"params": rest, "weight_decay": 0.0},
    ]


# Ours with hyperparameters drawn at random, and PyTorch's with the same.
OPTIMIZERS = {
    "sgd": (
        lambda u: nn.SGD(0.2 * u()),
        lambda model, one: torch.optim.SGD(model.parameters(), one.lr),
    ),
    "momentum": (
        lambda u: nn.Momentum(0.05 * u(), 0.9 * u()),
        lambda model, one: torch.optim.SGD(model.parameters(), one.lr, momentum=one.momentum),
    ),
    "nesterov": (
        lambda u: nn.Nesterov(0.05 * u(), 0.9 * u()),
        lambda model, one: torch.optim.SGD(
            model.parameters(), one.lr, momentum=one.momentum, nesterov=True
        ),
    ),
    "adagrad": (
        lambda u: nn.AdaGrad(0.02 * u()),
        lambda model, one: torch.optim.Adagrad(model.parameters(), one.lr, eps=one.eps),
    ),
    "rmsprop": (
        lambda u: nn.RMSProp(0.005 * u(), 0.99 * u()),
        lambda model, one: torch.optim.RMSprop(
            model.parameters(), one.lr, alpha=one.decay, eps=one.eps
        ),
    ),
    "adam": (
        lambda u: nn.Adam(0.005 * u(), 0.9 * u(), 0.999 * u()),
        lambda model, one: torch.optim.Adam(
            model.parameters(), one.lr, betas=(one.beta1, one.beta2), eps=one.eps
        ),
    ),
    "adamw": (
        lambda u: nn.AdamW(0.005 * u(), weight_decay=u()),
        lambda model, one: torch.optim.AdamW(
            weights_decay(model, one), one.lr, betas=(one.beta1, one.beta2), eps=one.eps
        ),
    ),
}


@dataclass
class Training:
    """Our stack and its twins after the same steps."""

    network: nn.Network
    optimizer: str
    dtype: type
    seed: int
    clip: float | None = None
    smoothing: float = 0.0
    schedule: object = None
    peer_schedule: object = None
    dead: Iterable[int] = ()
    """Inputs that are 0 in all examples."""
    stack: Stack = field(init=False)
    twins: list = field(init=False)

    def __post_init__(self):
        rng = np.random.default_rng([self.seed, 1])
        first = next(layer for layer in self.network.layers if isinstance(layer, nn.Affine))
        make, peer = OPTIMIZERS[self.optimizer]
        members = []
        for r in range(REPLICATES):
            inputs = rng.normal(size=(40, first.n_in)).astype(self.dtype)
            inputs[:, list(self.dead)] = 0
            examples = Examples(inputs, rng.integers(0, self.network.n_out, 40))
            optimizer = make(lambda: rng.uniform(0.5, 1))
            members.append(
                Replicate(r, examples, examples, optimizer, (nn.L2(rng.uniform(0, 0.1)),))
            )
        init, mask, same_mask = (
            [np.random.default_rng([self.seed, purpose, r]) for r in range(REPLICATES)]
            for purpose in (2, 3, 3)
        )
        self.stack = Stack(
            self.network,
            members,
            self.network.n_out,
            init,
            mask,
            clip=self.clip,
            label_smoothing=self.smoothing,
        )
        self.twins = [
            twin(self.network, self.stack.ordered(r).layers, 0, same_mask[r])
            for r in range(REPLICATES)
        ]
        batches = rng.integers(0, 40, (STEPS, REPLICATES, BATCH))
        for t, batch in enumerate(batches):
            self.stack.update(batch, self.schedule.factor(t) if self.schedule else 1.0)
        for r, (model, one) in enumerate(zip(self.twins, members, strict=True)):
            self._train(model, peer(model, one.optimizer), one, batches[:, r])

    def _train(self, model, optimizer, one, batches):
        scheduler = self.peer_schedule(optimizer) if self.peer_schedule else None
        x, labels = tensor(one.train.inputs), tensor(one.train.labels)
        [penalty] = one.penalties
        for batch in batches:
            optimizer.zero_grad()
            data = torch.nn.functional.cross_entropy(
                model(x[batch]), labels[batch], label_smoothing=self.smoothing
            )
            loss = data + penalty.l2 / 2 * sum((W * W).sum() for W in weights(model))
            loss.backward()
            if self.clip is not None:
                torch.nn.utils.clip_grad_norm_(model.parameters(), self.clip)
            optimizer.step()
            if scheduler:
                scheduler.step()

    def error(self):
        """The largest relative error of a replicate's parameters, and of its running variances.

        Relative to the Euclidean norm of all of a network's parameters: where an element is near 0,
        or its gradient a difference of nearly equal numbers that Adam then scales up to 1, its own
        relative error says nothing, and the network does not depend on it either. For the same
        reason a bias that batch normalization takes out again is left out, and the running mean,
        into which it goes: its gradient is 0, what either side computes is rounding, and AdaGrad,
        RMSProp and Adam turn rounding into steps.
        """
        errors = []
        for r, model in enumerate(self.twins):
            own, other = [], []
            for i, (layer, peer) in enumerate(zip(self.network.layers, model, strict=True)):
                normed = isinstance(self.network.layers[min(i + 1, len(model) - 1)], nn.BatchNorm)
                for name, parameter in named(layer, peer).items():
                    if not (name == "b" and normed):
                        own.append(self.stack.ordered(r).layers[i][name][0].ravel())
                        other.append(ours(name, parameter).ravel())
                if isinstance(layer, nn.BatchNorm):
                    var = self.stack.states[i]["var"][r, 0]
                    errors.append(distance(var, peer.running_var.numpy()))
            errors.append(distance(np.concatenate(own), np.concatenate(other)))
        return max(errors)


def distance(own, other):
    return np.linalg.norm(own - other) / np.linalg.norm(other)
