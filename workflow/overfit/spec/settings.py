"""The settings of one run: data, network, regularizers, training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from overfit.spec.merging import merged
from overfit.spec.model import Items, Model, Name, Number, clashes
from overfit.spec.problems import Path


class Data(Model):
    """What the network learns from."""

    dataset: Name
    """A name of `config/datasets.yaml`."""
    train: int = Field(ge=1)
    """Number of training images, drawn for each seed, as many of each class."""
    validation: int = Field(ge=1)
    """Number of validation images, disjoint from the training images."""


class He(Model):
    """Standard deviation sqrt(2 / inputs), made for ReLU."""

    name: Literal["he"]


class Xavier(Model):
    """Standard deviation sqrt(1 / inputs), made for sigmoid and tanh."""

    name: Literal["xavier"]


class Normal(Model):
    """One standard deviation for all layers."""

    name: Literal["normal"]
    std: Number = Field(gt=0, le=100)
    """Standard deviation of the initial weights."""


def _init(value: Any) -> Any:
    """`he` for {name: he}, {std: 0.01} for {name: normal, std: 0.01}."""
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict) and "name" not in value and "std" in value:
        return {"name": "normal", **value}
    return value


def _init_name(value: Any) -> str | None:
    name = value.get("name") if isinstance(value, dict) else getattr(value, "name", None)
    return f"<{name}>"


Init = Annotated[
    Annotated[He, Tag("<he>")]
    | Annotated[Xavier, Tag("<xavier>")]
    | Annotated[Normal, Tag("<normal>")],
    Discriminator(
        _init_name,
        custom_error_type="unknown_name",
        custom_error_message="unknown name",
        custom_error_context={
            "key": "name",
            "what": "initializer",
            "allowed": ["he", "xavier", "normal"],
        },
    ),
    BeforeValidator(_init, json_schema_input_type=Literal["he", "xavier"] | He | Xavier | Normal),
]


class Network(Model):
    """A fully connected network."""

    hidden: Annotated[
        tuple[Annotated[int, Field(ge=1, le=10_000)], ...],
        Items,
        Field(min_length=1, max_length=64),
    ]
    """Units of each hidden layer, from the input to the output."""
    activation: Literal["relu", "sigmoid", "tanh"]
    """Activation after each hidden layer."""
    init: Init
    """Initial weights: `he`, `xavier`, or `{std: 0.01}` for one scale in all layers."""


class BatchNorm(Model):
    """Batch normalization before each activation."""

    momentum: Number = Field(default=0.1, gt=0, le=1)
    """Weight of the newest batch in the running statistics."""
    eps: Number = Field(default=1e-5, gt=0, le=1)
    """Added to the variance."""


class Dropout(Model):
    """Dropout after each activation."""

    rate: Number = Field(ge=0, lt=1)
    """Share of the units that are dropped; 0 is no dropout."""
    scaling: Literal["inverted", "test_time"] = "inverted"
    """`inverted` scales up in training, `test_time` scales down in evaluation (the book's way)."""


class Penalty(Model):
    """Penalties on the weights, added to the loss; biases, gamma and beta are free."""

    l2: Number = Field(default=0.0, ge=0, le=1e6)
    """Weight decay: the loss gets l2 / 2 times the sum of the squared weights."""


class Sgd(Model):
    """Stochastic gradient descent."""

    name: Literal["sgd"]
    """The method; `sgd` is the only one so far."""
    lr: Number = Field(gt=0, le=1000)
    """Learning rate."""


class Train(Model):
    """How the network is trained."""

    optimizer: Sgd
    """The method and its learning rate."""
    batch_size: int = Field(ge=1)
    """Images a parameter update."""
    epochs: int = Field(ge=1, le=1_000_000)
    """Passes over the training images."""


class Evaluation(Model):
    """When loss and accuracy are recorded."""

    points: int = Field(default=40, ge=2, le=10_000)
    """About how many times during a run, the start and the end among them."""


def _switch(value: Any) -> Any:
    """True is on with defaults, false is off."""
    return {} if value is True else None if value is False else value


def _without_rate_zero(value: Any) -> Any:
    """A rate of 0 is the same run as no dropout."""
    rate = value.get("rate") if isinstance(value, dict) else None
    off = isinstance(rate, int | float) and not isinstance(rate, bool) and rate == 0
    return None if off and set(value) <= set(Dropout.model_fields) else value


class Settings(Model):
    """Everything that decides the numbers of a run, apart from its seeds."""

    data: Data
    """What the network learns from."""
    model: Network
    """The network."""
    batch_norm: Annotated[
        BatchNorm | None, BeforeValidator(_switch, json_schema_input_type=BatchNorm | bool | None)
    ] = None
    """`true` or a mapping for on, `null` or `false` for off."""
    dropout: Annotated[
        Dropout | None, BeforeValidator(_without_rate_zero, json_schema_input_type=Dropout | None)
    ] = None
    """A mapping for on, `null` for off."""
    penalty: Penalty = Penalty()
    """Penalties on the weights."""
    train: Train
    """How the network is trained."""
    evaluation: Evaluation = Evaluation()
    """When loss and accuracy are recorded."""

    @model_validator(mode="after")
    def _values_go_together(self) -> Self:
        clashes(self._clashes())
        return self

    def _clashes(self) -> Iterator[tuple[str, list[Path]]]:
        size, images = self.train.batch_size, self.data.train
        sizes: list[Path] = [("train", "batch_size"), ("data", "train")]
        if size > images:
            yield f"a batch of {size} is more than the {images} training images", sizes
        elif self.batch_norm and (size == 1 or images % size == 1):
            yield (
                f"batches of {size} from {images} training images leave a batch of 1; "
                "batch normalization needs at least 2",
                [*sizes, ("batch_norm",)],
            )

    def updated(self, differences: Mapping[str, Any]) -> Settings:
        """These settings with nested differences merged over them, validated again."""
        return Settings.model_validate(merged(self.model_dump(mode="json"), differences))
