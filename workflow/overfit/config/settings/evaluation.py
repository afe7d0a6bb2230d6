"""When loss and accuracy are recorded."""

from __future__ import annotations

from pydantic import Field

from overfit.config.model import Model


class Evaluation(Model):
    """When loss and accuracy are recorded."""

    points: int = Field(default=40, ge=2, le=10_000)
    """About how many times during a run, the start and the end among them."""
