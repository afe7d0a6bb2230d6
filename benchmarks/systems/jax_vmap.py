"""JAX: a step written for one replicate, vmapped over replicates, and jitted over the epoch."""

import os

os.environ["XLA_FLAGS"] = (
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1 "
    + os.environ.get("XLA_FLAGS", "")
)

from collections.abc import Callable
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.works import Work


def prepare(work: Work) -> Callable[[], None]:
    """Compilation is not timed."""
    if work.points:
        raise ValueError("searches are not written for it")
    images, labels = (jnp.asarray(a) for a in work.data())
    rng = np.random.default_rng(0)
    sizes = [work.n_in, *work.hidden, work.classes]
    count = 1 if work.evaluate else work.replicates

    def initial(a: int, b: int) -> dict[str, jax.Array]:
        layer = {
            "W": rng.normal(0, np.sqrt(2 / a), (count, a, b)).astype(np.float32),
            "b": np.zeros((count, b), np.float32),
        }
        if work.batch_norm and b != work.classes:
            layer |= {
                "gamma": np.ones((count, b), np.float32),
                "beta": np.zeros((count, b), np.float32),
                "mean": np.zeros((count, b), np.float32),
                "var": np.ones((count, b), np.float32),
            }
        return {name: jnp.asarray(value) for name, value in layer.items()}

    params = [initial(a, b) for a, b in pairwise(sizes)]

    def forward(params, x, key):
        running = []
        for i, layer in enumerate(params):
            x = x @ layer["W"] + layer["b"]
            if i == len(params) - 1:
                continue
            if "gamma" in layer:
                mean, var = x.mean(0), x.var(0)
                running.append((mean, var * len(x) / (len(x) - 1)))
                x = (x - mean) * jax.lax.rsqrt(var + 1e-5) * layer["gamma"] + layer["beta"]
            x = jax.nn.relu(x)
            if work.dropout:
                key, own = jax.random.split(key)
                kept = jax.random.bernoulli(own, 1 - work.dropout, x.shape)
                x = jnp.where(kept, x / (1 - work.dropout), 0)
        return x, running

    if work.evaluate:
        one = [{name: value[0] for name, value in layer.items()} for layer in params]

        @jax.jit
        def score(params, x, y):
            log_p = jax.nn.log_softmax(forward(params, x, None)[0])
            loss = -jnp.take_along_axis(log_p, y[:, None], 1).mean()
            return loss, (log_p.argmax(1) == y).mean()

        x, y = images[0], labels[0]

        def evaluation() -> None:
            jax.block_until_ready(score(one, x, y))  # arguments: training changes them

        evaluation()
        return evaluation

    def loss(params, x, y, key, l2):
        logits, running = forward(params, x, key)
        log_p = jax.nn.log_softmax(logits)
        penalty = sum((layer["W"] ** 2).sum() for layer in params) if any(work.l2s) else 0.0
        return -jnp.take_along_axis(log_p, y[:, None], 1).mean() + l2 / 2 * penalty, running

    def step(params, x, y, key, lr, l2):
        grads, running = jax.grad(loss, has_aux=True)(params, x, y, key, l2)
        params = jax.tree.map(lambda p, g: p - lr * g, params, grads)
        for layer, (mean, var) in zip(params, running, strict=False):
            layer["mean"] = 0.9 * layer["mean"] + 0.1 * mean
            layer["var"] = 0.9 * layer["var"] + 0.1 * var
        return params

    lr = jnp.asarray([work.lr(r) for r in range(count)], jnp.float32)
    l2 = jnp.asarray([work.l2(r) for r in range(count)], jnp.float32)

    @jax.jit
    def epochs(params, rows, key):
        def one(params, images, labels, rows, key, lr, l2):
            def body(carry, batch):
                params, key = carry
                key, own = jax.random.split(key)
                return (step(params, images[batch], labels[batch], own, lr, l2), key), None

            return jax.lax.scan(body, (params, key), rows)[0][0]

        return jax.vmap(one)(params, images, labels, rows, jax.random.split(key, count), lr, l2)

    state = {"params": params}

    def run() -> None:
        order = [[rng.permutation(work.examples) for _ in range(work.epochs)] for _ in range(count)]
        rows = jnp.asarray(np.reshape(order, (count, work.updates, work.batch)))
        key = jax.random.key(int(rng.integers(2**31)))
        state["params"] = jax.block_until_ready(epochs(state["params"], rows, key))

    run()
    return run
