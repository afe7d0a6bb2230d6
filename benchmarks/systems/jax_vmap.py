"""JAX: a step written for one replicate, vmapped over replicates, and jitted over the epochs."""

import os

os.environ["XLA_FLAGS"] = (
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1 "
    + os.environ.get("XLA_FLAGS", "")
)

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.works import Work


def prepare(work: Work) -> Callable[[], None]:
    """Compilation is not timed."""
    make = _search if work.points else _evaluation if work.evaluate else _training
    done = make(work)
    done()
    return done


def initial(work: Work, rng: np.random.Generator, count: int) -> list[dict[str, jax.Array]]:
    """The parameters and running statistics of each layer, stacked."""
    layers = []
    for a, b in pairwise([work.n_in, *work.hidden, work.classes]):
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
        layers.append({name: jnp.asarray(value) for name, value in layer.items()})
    return layers


def forward(work: Work, params, x, key):
    """Logits of one network in training, and the statistics of the batch."""
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


def score(work: Work, params, x, y):
    """Loss and accuracy of one network."""
    log_p = jax.nn.log_softmax(forward(work, params, x, None)[0])
    loss = -jnp.take_along_axis(log_p, y[:, None], 1).mean()
    return loss, (log_p.argmax(1) == y).mean()


def step(work: Work, params, x, y, key, lr, l2):
    """One network after an update."""

    def loss(params):
        logits, running = forward(work, params, x, key)
        log_p = jax.nn.log_softmax(logits)
        penalty = sum((layer["W"] ** 2).sum() for layer in params) if any(work.l2s) else 0.0
        return -jnp.take_along_axis(log_p, y[:, None], 1).mean() + l2 / 2 * penalty, running

    grads, running = jax.grad(loss, has_aux=True)(params)
    params = jax.tree.map(lambda p, g: p - lr * g, params, grads)
    for layer, (mean, var) in zip(params, running, strict=False):
        layer["mean"] = 0.9 * layer["mean"] + 0.1 * mean
        layer["var"] = 0.9 * layer["var"] + 0.1 * var
    return params


def _evaluation(work: Work) -> Callable[[], None]:
    images, labels = work.data()
    params = initial(work, np.random.default_rng(0), 1)
    one = [{name: value[0] for name, value in layer.items()} for layer in params]
    x, y = jnp.asarray(images[0]), jnp.asarray(labels[0])
    run = jax.jit(partial(score, work))
    return lambda: jax.block_until_ready(run(one, x, y)) and None  # training changes arguments


def _rates(work: Work) -> tuple[jax.Array, jax.Array]:
    rates = ([of(r) for r in range(work.replicates)] for of in (work.lr, work.l2))
    return tuple(jnp.asarray(numbers, jnp.float32) for numbers in rates)


def _rows(work: Work, rng: np.random.Generator) -> jax.Array:
    """The rows (R, updates, batch) of a training."""
    orders = [
        [rng.permutation(work.examples) for _ in range(work.epochs)] for _ in range(work.replicates)
    ]
    return jnp.asarray(np.reshape(orders, (work.replicates, work.updates, work.batch)))


def _training(work: Work) -> Callable[[], None]:
    images, labels = (jnp.asarray(a) for a in work.data())
    rng, (lr, l2) = np.random.default_rng(0), _rates(work)

    @jax.jit
    def epochs(params, rows, keys):
        def one(params, images, labels, rows, key, lr, l2):
            def body(carry, batch):
                params, key = carry
                key, own = jax.random.split(key)
                return (step(work, params, images[batch], labels[batch], own, lr, l2), key), None

            return jax.lax.scan(body, (params, key), rows)[0][0]

        return jax.vmap(one)(params, images, labels, rows, keys, lr, l2)

    state = {"params": initial(work, rng, work.replicates)}

    def run() -> None:
        keys = jax.random.split(jax.random.key(int(rng.integers(2**31))), work.replicates)
        trained = epochs(state["params"], _rows(work, rng), keys)
        state["params"] = jax.block_until_ready(trained)

    return run


def _search(work: Work) -> Callable[[], None]:
    """All trials at once, on the same images; between updates, evaluations where ours are."""
    pixels, every = work.pixels()
    n = np.cumsum([work.examples, work.validation])
    splits = [
        (jnp.asarray(x / np.float32(255)), jnp.asarray(y))
        for x, y in zip(np.split(pixels, n), np.split(every, n), strict=True)
    ]
    (images, labels), validation, test = splits
    rng, (lr, l2) = np.random.default_rng(0), _rates(work)
    last = work.updates
    points = {round(last * (i / (work.points - 1)) ** 2) for i in range(work.points)}
    evaluated = jnp.asarray([t + 1 in points for t in range(last)])
    scores = jax.vmap(partial(score, work), in_axes=(0, None, None))
    updates = jax.vmap(partial(step, work), in_axes=(0, 0, 0, None, 0, 0))

    @jax.jit
    def trials(params, rows):
        def seen(params):
            return scores(params, images, labels), scores(params, *validation)

        def body(params, now):
            batch, at_point = now
            params = updates(params, images[batch], labels[batch], None, lr, l2)
            nothing = jax.tree.map(jnp.zeros_like, jax.eval_shape(seen, params))
            return params, jax.lax.cond(at_point, seen, lambda _: nothing, params)

        first = seen(params)
        params, history = jax.lax.scan(body, params, (rows.swapaxes(0, 1), evaluated))
        return first, history, scores(params, *test)

    def run() -> None:
        params = initial(work, rng, work.replicates)
        jax.block_until_ready(trials(params, _rows(work, rng)))

    return run
