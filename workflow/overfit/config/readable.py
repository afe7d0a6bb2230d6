"""Settings in a few words."""

from __future__ import annotations

from collections.abc import Iterator

from overfit import parts
from overfit.config.settings import Settings
from overfit.config.settings.init import Normal
from overfit.config.settings.network import Network


def readable(settings: Settings, *, searched: bool = False) -> str:
    """The settings in a few words, fit for a file name: `mnist-5k-n300-6x100-relu-l2_0.1`.

    What is most common goes without saying. Numbers that are searched for are left out.
    """
    data = settings.data
    words = [
        data.dataset,
        f"n{data.train}",
        *_numbers({"noise": data.label_noise}),
        *_network(settings.model),
        *(["bn"] if settings.batch_norm else []),
        *(["ln"] if settings.layer_norm else []),
        *(name for name in parts.names("layers") if getattr(settings, name)),
    ]
    if dropout := settings.dropout:
        words += _numbers({"dropout": dropout.rate, "input": dropout.input})
    if searched:
        words.append("searched")
    else:
        penalty = settings.penalty
        words += _numbers(
            {"l2": penalty.l2, "l1": penalty.l1, "lp": penalty.lp, "max": penalty.max_norm}
        )
        words += [name for name in parts.names("penalties") if getattr(penalty, name)]
    if settings.train.optimizer.name != "sgd":
        words.append(settings.train.optimizer.name)
    return "-".join(words).replace("+", "")


def _network(model: Network) -> Iterator[str]:
    hidden, init = model.hidden, model.init
    same = len(set(hidden)) == 1
    yield f"{len(hidden)}x{hidden[0]}" if same else "_".join(map(str, hidden))
    yield model.activation.name
    if isinstance(init, Normal):
        yield f"std_{init.std:.4g}"
    elif init.name != "he":
        yield init.name


def _numbers(strengths: dict[str, float | None]) -> list[str]:
    """`l2_0.1` for each strength that is not 0."""
    return [f"{name}_{strength:.4g}" for name, strength in strengths.items() if strength]
