"""Penalties and constraints on the weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from overfit.config.model import Model, Number, clashes
from overfit.config.parts import open_to
from overfit.config.problems import Path


@open_to("penalties")
class Penalty(Model):
    """Added to the mean loss of a batch, whatever its size; biases, gamma and beta are free."""

    l1: Number = Field(default=0.0, ge=0, le=1e6)
    """The loss gets l1 times the sum of the weights' absolute values."""
    l1_method: Literal["subgradient", "proximal"] = "subgradient"
    """`proximal` shrinks the weights after each update instead, down to exact zeros."""
    l2: Number = Field(default=0.0, ge=0, le=1e6)
    """Weight decay: the loss gets l2 / 2 times the sum of the squared weights."""
    lp: Number = Field(default=0.0, ge=0, le=1e6)
    """The loss gets lp / p times the sum of the weights' absolute values to the power of p."""
    p: Annotated[float, Field(gt=0, le=100)] | None = None
    """The power of `lp`."""
    smoothing: Number = Field(default=1e-3, gt=0, le=1)
    """For p below 1, absolute values are smoothed at 0 to sqrt(w^2 + smoothing^2)."""
    max_norm: Annotated[float, Field(gt=0, le=1e6)] | None = None
    """After each update, a unit's incoming weights are scaled down to at most this norm."""

    @model_validator(mode="after")
    def _strengths_and_shapes_go_together(self) -> Self:
        clashes(self._clashes())
        return self

    def _clashes(self) -> Iterator[tuple[str, list[Path]]]:
        if self.lp and self.p is None:
            yield "lp needs a power p, such as p: 0.5", [("lp",), ("p",)]
        for shape, strength in (("p", "lp"), ("smoothing", "lp"), ("l1_method", "l1")):
            if shape in self.model_fields_set and strength not in self.model_fields_set:
                given = getattr(self, shape)
                if given != type(self).model_fields[shape].default:
                    yield f"{given} does nothing without {strength}", [(shape,)]


def _effective(penalty: Penalty) -> Penalty:
    """Without the shape of what has no strength, so that it makes no other run."""
    idle = set()
    if not penalty.l1:
        idle |= {"l1_method"}
    if not penalty.lp:
        idle |= {"p"}
    if not penalty.lp or (penalty.p or 0) >= 1:
        idle |= {"smoothing"}
    return Penalty(**{key: value for key, value in penalty if key not in idle})


EffectivePenalty = Annotated[Penalty, AfterValidator(_effective)]
