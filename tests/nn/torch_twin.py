"""The PyTorch model with the same layers, parameters and dropout masks as one of our replicates."""

import numpy as np

from overfit import nn
from tests.peers import required_torch

torch = required_torch()


def tensor(array):
    """A copy: PyTorch would go on writing into our arrays."""
    return torch.tensor(np.array(array))


class Mask(torch.nn.Module):
    """Dropout with the mask that our layer draws from a stream of the same seed."""

    def __init__(self, layer, rng):
        super().__init__()
        self.layer, self.rng = layer, rng

    def forward(self, x):
        ones = np.ones((1, *x.shape), x.detach().numpy().dtype)
        mask, _ = self.layer.forward(
            {}, {}, ones, train=self.training, rng=[self.rng], scratch=nn.Scratch(ones.dtype)
        )
        return x * tensor(mask[0])


class ScalarBatchNorm(torch.nn.Module):
    """Batch normalization with one gamma and one beta."""

    def __init__(self, layer):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(layer.n, layer.eps, layer.momentum, affine=False)
        self.weight = torch.nn.Parameter(torch.ones(1))
        self.bias = torch.nn.Parameter(torch.zeros(1))

    @property
    def running_mean(self):
        return self.norm.running_mean

    @property
    def running_var(self):
        return self.norm.running_var

    def forward(self, x):
        return self.norm(x) * self.weight + self.bias


def module(layer, rng=None):
    """PyTorch's own implementation of a layer."""
    match layer:
        case nn.WeightNorm():
            linear = torch.nn.Linear(layer.n_in, layer.n_out)
            return torch.nn.utils.parametrizations.weight_norm(linear)
        case nn.Affine():
            return torch.nn.Linear(layer.n_in, layer.n_out)
        case nn.BatchNorm(scalar=True):
            return ScalarBatchNorm(layer)
        case nn.BatchNorm():
            return torch.nn.BatchNorm1d(layer.n, layer.eps, layer.momentum, affine=layer.learned)
        case nn.RMSNorm():
            return torch.nn.RMSNorm(layer.n, layer.eps)
        case nn.GroupNorm():
            return torch.nn.GroupNorm(layer.groups, layer.n, layer.eps)
        case nn.LayerNorm():
            return torch.nn.LayerNorm(layer.n, layer.eps)
        case nn.Dropout():
            return Mask(layer, rng)
        case nn.LeakyReLU():
            return torch.nn.LeakyReLU(layer.leak)
    return {
        nn.ReLU: torch.nn.ReLU,
        nn.Sigmoid: torch.nn.Sigmoid,
        nn.Tanh: torch.nn.Tanh,
        nn.GELU: torch.nn.GELU,
    }[type(layer)]()


def named(layer, module):
    """The parameters of a module under our names; weights are transposed, see `ours`."""
    if isinstance(layer, nn.WeightNorm):
        given = module.parametrizations.weight
        return {"g": given.original0, "W": given.original1, "b": module.bias}
    if getattr(module, "weight", None) is None:
        return {}
    names = ("W", "b") if isinstance(layer, nn.Affine) else ("gamma", "beta")
    found = (module.weight, getattr(module, "bias", None))
    return {name: value for name, value in zip(names, found, strict=True) if value is not None}


def fill(layer, module, params, r):
    """Give a module the parameters of replicate r."""
    with torch.no_grad():
        for name, parameter in named(layer, module).items():
            value = params[name][r]
            parameter.copy_(tensor(value.T if name in ("W", "g") else value[0]))


def ours(name, value):
    """PyTorch's parameter or gradient in our shape."""
    array = value.detach().numpy()
    return array.T if name in ("W", "g") else array[None]


def twin(network, params, r, rng=None):
    """A model with replicate r's parameters; its dropout masks come from `rng`."""
    modules = [module(layer, rng) for layer in network.layers]
    model = torch.nn.Sequential(*modules).to(tensor(params[_first(params)]["W"]).dtype)
    for layer, made, values in zip(network.layers, modules, params, strict=True):
        fill(layer, made, values, r)
    return model


def weights(model):
    """The weight matrices: what penalties and weight decay apply to."""
    return [
        m.parametrizations.weight.original1 if hasattr(m, "parametrizations") else m.weight
        for m in model
        if isinstance(m, torch.nn.Linear)
    ]


def _first(params):
    return next(i for i, layer in enumerate(params) if "W" in layer)
