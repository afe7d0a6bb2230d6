"""The network and what its hidden layers consist of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from overfit.config.model import Items, Model, Number, clashes, switch
from overfit.config.settings.activation import Activation
from overfit.config.settings.init import Init

MAX_WIDTH = 10_000
"""Units of a hidden layer at most."""


class Network(Model):
    """A fully connected network."""

    hidden: Annotated[
        tuple[Annotated[int, Field(ge=1, le=MAX_WIDTH)], ...],
        Items,
        Field(min_length=1, max_length=64),
    ]
    """Units of each hidden layer, from the input to the output."""
    depth: Annotated[int, Field(ge=1, le=64)] | None = None
    """So many hidden layers instead of those of `hidden`, as wide as these."""
    width: Annotated[int, Field(ge=1, le=MAX_WIDTH)] | None = None
    """So many units in each hidden layer, instead of those of `hidden`."""
    activation: Activation
    """Activation of each hidden layer: a name of the list below, or `{name: leaky_relu,
    leak: 0.1}`."""
    init: Init
    """Initial weights: a name of the list below, or `{std: 0.01}` for one scale in all layers."""


def _shaped(network: Network) -> Network:
    """With `depth` and `width` written out in `hidden`, so that they make no other run."""
    if network.depth is None and network.width is None:
        return network
    widths = set(network.hidden if network.width is None else [network.width])
    if len(widths) > 1:
        message = "the hidden layers are not all of one width; give width, too"
        clashes([(message, [("depth",), ("hidden",)])])
    hidden = (*widths,) * (network.depth or len(network.hidden))
    return network.model_copy(update={"hidden": hidden, "depth": None, "width": None})


ShapedNetwork = Annotated[Network, AfterValidator(_shaped)]
Place = Literal["before", "after"]


class BatchNorm(Model):
    """Batch normalization of each hidden layer."""

    momentum: Number = Field(default=0.1, gt=0, le=1)
    """Weight of the newest batch in the running statistics."""
    eps: Number = Field(default=1e-5, gt=0, le=1)
    """Added to the variance."""
    learned: bool = True
    """Whether gamma and beta are learned, or stay 1 and 0."""
    scalar: bool = False
    """Whether a layer has one gamma and one beta, rather than one of each per unit."""
    running_variance: Literal["unbiased", "biased"] = "unbiased"
    """The variance of a batch that enters the running statistics: divided by one less than its
    images, or by their number (the book's way)."""
    initial_variance: Number = Field(default=1.0, ge=0, le=1e6)
    """The running variance before the first update; the book's is 0."""
    place: Place = "before"
    """Before or after the activation."""


class LayerNorm(Model):
    """Layer normalization of each hidden layer: over the units of one image, not over the batch."""

    eps: Number = Field(default=1e-5, gt=0, le=1)
    """Added to the variance."""
    place: Place = "before"
    """Before or after the activation."""


class Dropout(Model):
    """Dropout after each hidden layer's activation, and on the input."""

    rate: Number = Field(ge=0, lt=1)
    """Share of the hidden units that are dropped; 0 is none."""
    input: Number = Field(default=0.0, ge=0, lt=1)
    """Share of the inputs that are dropped."""
    scaling: Literal["inverted", "test_time"] = "inverted"
    """`inverted` scales up in training, `test_time` scales down in evaluation (the book's way)."""
    widen: bool = Field(default=False, exclude=True)
    """Divide the widths of the hidden layers by `1 - rate`, so that on average as many units are
    left as without dropout (Srivastava et al., 2014, section 7.3)."""
    monte_carlo: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Evaluate by the mean probabilities of so many thinned networks, rather than by scaling."""


def _none_without_rates(dropout: Dropout | None) -> Dropout | None:
    """Rates of 0 are the same run as no dropout."""
    return dropout if dropout and (dropout.rate or dropout.input) else None


BatchNormSwitch = Annotated[
    BatchNorm | None, BeforeValidator(switch, json_schema_input_type=BatchNorm | bool | None)
]
LayerNormSwitch = Annotated[
    LayerNorm | None, BeforeValidator(switch, json_schema_input_type=LayerNorm | bool | None)
]
DropoutSwitch = Annotated[Dropout | None, AfterValidator(_none_without_rates)]
