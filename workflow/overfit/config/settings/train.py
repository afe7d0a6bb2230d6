"""How the network is trained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, Tag, model_validator

from overfit.config.model import Model, Number, by_its_name, clashes, told_apart_by
from overfit.config.problems import Path
from overfit.config.settings.optimizer import Optimizer


class Constant(Model):
    """Stays as it is."""

    name: Literal["constant"]


class Step(Model):
    """Drops at equal distances."""

    name: Literal["step"]
    every: int = Field(ge=1)
    """Updates between two drops, counted from the end of the warm-up."""
    gamma: Number = Field(default=0.1, gt=0, le=1)
    """What the learning rate is multiplied with at each drop."""


class Cosine(Model):
    """Half a cosine wave down over the whole budget, from the end of the warm-up."""

    name: Literal["cosine"]
    end: Number = Field(default=0.0, ge=0, lt=1)
    """Where it ends, as a share of the learning rate."""


LR_SCHEDULES: dict[str, type[Model]] = {"constant": Constant, "step": Step, "cosine": Cosine}

LrSchedule = Annotated[
    Annotated[Constant, Tag("<constant>")]
    | Annotated[Step, Tag("<step>")]
    | Annotated[Cosine, Tag("<cosine>")],
    told_apart_by("name", "learning-rate schedule", LR_SCHEDULES),
    BeforeValidator(
        by_its_name,
        json_schema_input_type=Literal["constant", "cosine"] | Constant | Step | Cosine,
    ),
]


class EarlyStopping(Model):
    """Stops a run that no longer improves, and gives it the weights of its best evaluation."""

    patience: int = Field(ge=1)
    """Evaluations in a row that may pass without an improvement."""
    metric: Literal["validation_loss", "validation_accuracy"] = "validation_loss"
    """What is to improve."""


class Train(Model):
    """How the network is trained."""

    optimizer: Optimizer
    """How gradients become steps."""
    batch_size: int = Field(ge=1)
    """Images a parameter update."""
    epochs: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """The budget as passes over the training images; either this or `updates`."""
    updates: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    """The budget as parameter updates; either this or `epochs`."""
    sampling: Literal["shuffle", "replacement"] = "shuffle"
    """`shuffle` shows every image once an epoch, `replacement` draws each batch anew (the book's
    way)."""
    lr_schedule: LrSchedule = Constant(name="constant")
    """How the learning rate changes, such as `cosine`, or `{name: step, every: 500}`."""
    warm_up: int = Field(default=0, ge=0)
    """Updates over which the learning rate first rises from near 0."""
    clip: Annotated[float, Field(gt=0, le=1e9)] | None = None
    """The largest norm of the whole gradient, penalties included; longer ones are scaled down."""
    label_smoothing: Number = Field(default=0.0, ge=0, lt=1)
    """The share of each target that is spread evenly over all classes."""
    early_stopping: EarlyStopping | None = None
    """When to stop before the budget is used up; `null` is never."""

    @model_validator(mode="after")
    def _one_budget(self) -> Self:
        clashes(self._clashes())
        return self

    def _clashes(self) -> Iterator[tuple[str, list[Path]]]:
        both: list[Path] = [("epochs",), ("updates",)]
        if self.epochs and self.updates:
            yield (
                f"the budget is given twice; write epochs: null beside updates: {self.updates}, "
                f"or updates: null beside epochs: {self.epochs}",
                both,
            )
        elif not (self.epochs or self.updates):
            yield "no budget; give epochs or updates", both
