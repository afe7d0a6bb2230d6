"""The trainer `torch`: the same network in PyTorch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from overfit.trainers import Row, Task, Trainer, TrainerError, Uses, Weights

if TYPE_CHECKING:
    from numpy.random import Generator

    from overfit.nn.memory import Array, Arrays, Parameters


class Torch(Trainer):
    """PyTorch, with the core's initial weights, batches and dropout masks."""

    USES: ClassVar[Uses | None] = {
        "model.hidden": (),
        "model.activation": ("relu", "leaky_relu", "sigmoid", "tanh", "gelu"),
        "model.init": (),
        **dict.fromkeys(
            (
                *("batch_norm.momentum", "batch_norm.eps", "batch_norm.learned"),
                *("batch_norm.place", "layer_norm", "group_norm", "rms_norm", "weight_norm"),
                *("dropout.rate", "dropout.scaling", "dropout.input", "dropout.widen"),
                *("dropout.place", "dropout.layers", "penalty.l1", "penalty.l2"),
                *("penalty.max_norm", "train.lr_schedule", "train.warm_up", "train.clip"),
                *("train.label_smoothing", "train.class_weights"),
            ),
            (),
        ),
        "train.optimizer": (
            *("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"),
        ),
    }
    RECORDS: ClassVar[bool] = True
    NEEDS: ClassVar[Mapping[str, str]] = {"torch": "torch>=2.4"}

    device: Literal["cpu", "cuda"] = "cpu"
    """Where it trains. Sums on a GPU have other last bits than on a CPU."""
    threads: int = Field(default=1, ge=1, le=1024)
    """Cores that a job requests and uses."""

    def resources(self) -> dict[str, int]:
        """Its threads, and a GPU if it trains on one."""
        return {"threads": self.threads, "gpus": int(self.device == "cuda")}

    def train(self, task: Task) -> Iterator[Row | Weights]:
        """Train one seed."""
        import torch

        from overfit.streams import Purpose

        if self.device == "cuda" and not torch.cuda.is_available():
            raise TrainerError("torch finds no GPU; write trainer: {name: torch, device: cpu}")
        torch.set_num_threads(self.threads)
        parameters, states = task.initial()
        masks = task.stream(Purpose.MASK)
        layers = task.recipe.network.layers
        modules = [_module(layer, masks) for layer in layers]
        for module, own, state in zip(modules, parameters.layers, states, strict=True):
            _fill(module, own, state)
        model = torch.nn.Sequential(*modules).to(self.device)
        matrices = [matrix for module in modules if (matrix := _matrix(module)) is not None]
        optimizer = _optimizer(dict(task.settings.train.optimizer), model, matrices)
        penalty: Any = task.settings.penalty
        train = task.settings.train
        inputs = torch.as_tensor(task.train.inputs, device=self.device)
        labels = torch.as_tensor(task.train.labels, device=self.device, dtype=torch.int64)
        weights = None
        if task.replicate.class_weights is not None:
            each = task.replicate.class_weights.astype(task.train.dtype)
            weights = torch.as_tensor(each, device=self.device)[labels]

        def logits(images: Array) -> Array:
            model.eval()
            with torch.inference_mode():
                found: Array = model(torch.as_tensor(images, device=self.device)).cpu().numpy()
            model.train()
            return found

        def seen(update: int) -> Iterator[Row | Weights]:
            yield from task.scored(update, logits)
            if task.records:
                yield _weights(update, modules, *task.initial())

        yield from seen(0)
        for update, rows in enumerate(task.batches(), 1):
            batch = torch.as_tensor(rows, device=self.device)
            losses = torch.nn.functional.cross_entropy(
                model(inputs[batch]),
                labels[batch],
                reduction="none",
                label_smoothing=train.label_smoothing,
            )
            loss: Any = (losses if weights is None else losses * weights[batch]).mean()
            if penalty.l2:
                loss = loss + penalty.l2 / 2 * sum((W * W).sum() for W in matrices)
            if penalty.l1:
                loss = loss + penalty.l1 * sum(W.abs().sum() for W in matrices)
            optimizer.zero_grad()
            loss.backward()
            if train.clip is not None:
                torch.nn.utils.clip_grad_norm_(model.parameters(), train.clip)
            for group in optimizer.param_groups:
                group["lr"] = task.lr(update)
            optimizer.step()
            if penalty.max_norm is not None:
                with torch.no_grad():
                    for W in matrices:
                        norms = W.norm(dim=1, keepdim=True).clamp(min=1e-30)
                        W *= (penalty.max_norm / norms).clamp(max=1)
            if update in task.points:
                yield from seen(update)


def _module(layer: Any, masks: Generator) -> Any:
    """PyTorch's own module for a layer of the core; dropout draws its masks from a stream."""
    import torch

    from overfit import nn

    match layer:
        case nn.WeightNorm():
            linear = torch.nn.Linear(layer.n_in, layer.n_out)
            return torch.nn.utils.parametrizations.weight_norm(linear)
        case nn.Affine():
            return torch.nn.Linear(layer.n_in, layer.n_out)
        case nn.BatchNorm():
            return torch.nn.BatchNorm1d(layer.n, layer.eps, layer.momentum, affine=layer.learned)
        case nn.RMSNorm():
            return torch.nn.RMSNorm(layer.n, layer.eps)
        case nn.GroupNorm():
            return torch.nn.GroupNorm(layer.groups, layer.n, layer.eps)
        case nn.LayerNorm():
            return torch.nn.LayerNorm(layer.n, layer.eps)
        case nn.Dropout():
            return _dropout(layer, masks)
        case nn.LeakyReLU():
            return torch.nn.LeakyReLU(layer.leak)
    plain = {
        nn.ReLU: torch.nn.ReLU,
        nn.Sigmoid: torch.nn.Sigmoid,
        nn.Tanh: torch.nn.Tanh,
        nn.GELU: torch.nn.GELU,
    }
    return plain[type(layer)]()


def _dropout(layer: Any, masks: Generator) -> Any:
    """Dropout with the masks that the core draws, in the same order."""
    import torch

    from overfit.nn.layers.dropout import random_levels

    class Dropout(torch.nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        def forward(self, x: Any) -> Any:
            if layer.threshold == 0 or not self.training:
                return x * layer.keep if layer.scaling == "test_time" else x
            kept = random_levels(masks, x.numel()).reshape(x.shape) >= layer.threshold
            factor = 1 / layer.keep if layer.scaling == "inverted" else 1.0
            return x * torch.as_tensor(kept, device=x.device) * factor

    return Dropout()


def _tensors(module: Any) -> dict[str, Any]:
    """The parameters and running statistics of a module under the core's names."""
    import torch

    if hasattr(module, "parametrizations"):
        of = module.parametrizations.weight
        return {"g": of.original0, "W": of.original1, "b": module.bias}
    names = ("W", "b") if isinstance(module, torch.nn.Linear) else ("gamma", "beta")
    found = dict(zip(names, (getattr(module, of, None) for of in ("weight", "bias")), strict=True))
    found |= {"mean": getattr(module, "running_mean", None)}
    found |= {"var": getattr(module, "running_var", None)}
    return {name: tensor for name, tensor in found.items() if tensor is not None}


def _fill(module: Any, own: Arrays, state: Arrays) -> None:
    """Give a module the parameters of a layer of the core and its running statistics."""
    import torch

    with torch.no_grad():
        for name, tensor in _tensors(module).items():
            value = (own | state)[name][0]
            tensor.copy_(torch.tensor(value.T if name in ("W", "g") else value[0]))


def _weights(
    update: int, modules: Sequence[Any], parameters: Parameters, states: list[Arrays]
) -> Weights:
    """The parameters and statistics of the modules, written over those of the core."""
    for module, own, state in zip(modules, parameters.layers, states, strict=True):
        for name, tensor in _tensors(module).items():
            value = tensor.detach().cpu().numpy()
            (own | state)[name][0] = value.T if name in ("W", "g") else value[None]
    return Weights(update, parameters, states)


def _matrix(module: Any) -> Any:
    """The weights (out, in) of a module, to which penalties apply; None if it has none."""
    import torch

    if not isinstance(module, torch.nn.Linear):
        return None
    return _tensors(module)["W"]


def _optimizer(own: dict[str, Any], model: Any, matrices: Sequence[Any]) -> Any:
    """PyTorch's own optimizer; decoupled decay applies to the weights only."""
    import torch

    parameters: Iterable[Any] = model.parameters()
    lr = own["lr"]
    match own["name"]:
        case "sgd":
            return torch.optim.SGD(parameters, lr)
        case "momentum" | "nesterov" as name:
            ahead = name == "nesterov" and own["momentum"] > 0
            return torch.optim.SGD(parameters, lr, momentum=own["momentum"], nesterov=ahead)
        case "adagrad":
            return torch.optim.Adagrad(parameters, lr, eps=own["eps"])
        case "rmsprop":
            return torch.optim.RMSprop(parameters, lr, alpha=own["decay"], eps=own["eps"])
        case "adam":
            betas = (own["beta1"], own["beta2"])
            return torch.optim.Adam(parameters, lr, betas=betas, eps=own["eps"])
    rest = [one for one in parameters if not any(one is W for W in matrices)]
    decay = own["weight_decay"]
    groups = [{"params": matrices, "weight_decay": decay}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr, betas=(own["beta1"], own["beta2"]), eps=own["eps"])
