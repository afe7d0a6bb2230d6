"""What the tests of layers share: one call of a layer, and its gradient against differences."""

import numpy as np

from overfit.nn import Scratch
from overfit.nn.gradient_check import numerical_gradient, relative_error

TOLERANCE = 1e-6


def initial(layer, replicates, seed, dtype=np.float64):
    """Parameters and state of `replicates` draws of a layer, stacked."""
    made = [layer.init(np.random.default_rng([seed, r])) for r in range(replicates)]
    params, state = (
        {name: np.stack([m[i][name] for m in made]).astype(dtype) for name in made[0][i]}
        for i in (0, 1)
    )
    return params, state


def masks(replicates, seed):
    return [np.random.default_rng([seed, 7, r]) for r in range(replicates)]


def run(layer, x, *, train=True, seed=0, params=None, state=None):
    """Output and state of one call, by default with initial parameters and state."""
    made, fresh = initial(layer, len(x), seed, x.dtype)
    state = state or fresh
    y, _ = layer.forward(
        params or made,
        state,
        x,
        train=train,
        rng=masks(len(x), seed),
        scratch=Scratch(x.dtype),
    )
    return y, state


def check_layer(layer, x, seed, *, train=True, dx_scale=None):
    """Compare dL/dx and dL/dparams of `L = sum(cotangent * y)` with central differences.

    Parameters and state are moved away from their initial values first. `dx_scale` maps cotangent,
    parameters and state to the scale that errors of dx are relative to; without it, dx's own.
    """
    rng = np.random.default_rng(seed)
    params, state = initial(layer, len(x), seed)
    for value in (*params.values(), *state.values()):
        value += 0.5 * rng.random(value.shape)

    def forward():
        kept = {name: value.copy() for name, value in state.items()}
        rngs = masks(len(x), seed)  # held still
        return layer.forward(params, kept, x, train=train, rng=rngs, scratch=Scratch(np.float64))

    y, cache = forward()
    cotangent = rng.normal(size=y.shape)
    grads = {name: np.full_like(value, np.nan) for name, value in params.items()}
    dx = layer.backward(params, cache, cotangent, grads=grads, scratch=Scratch(np.float64))

    def loss():
        return float((cotangent * forward()[0]).sum())

    numerical = numerical_gradient(loss, x)
    if dx_scale is None:
        assert relative_error(dx, numerical) < TOLERANCE
    else:
        assert np.abs(dx - numerical).max() < TOLERANCE * dx_scale(cotangent, params)
    for name, value in params.items():
        if not getattr(layer, "learned", True):
            assert not grads[name].any(), name
        else:
            assert relative_error(grads[name], numerical_gradient(loss, value)) < TOLERANCE, name


def away_from_zero(x, distance=1e-2):
    """Central differences mean nothing at a kink."""
    return np.where(np.abs(x) < distance, distance, x)


def steepest(x, axis, eps):
    """The scale of the terms that a normalization's dx is the difference of: |dy| gamma / std."""
    std = np.sqrt(x.var(axis=axis).min() + eps)
    return lambda dy, params: np.abs(dy).max() * np.abs(params["gamma"]).max() / std


def spread(rng, shape, axis):
    """Values at least 0.4 apart along an axis: where they coincide, a normalization is steep."""
    steps = np.broadcast_to(
        np.arange(shape[axis]).reshape([-1 if i == axis else 1 for i in range(len(shape))]), shape
    )
    return rng.permuted(steps, axis=axis) + 0.6 * rng.random(shape)
