"""Everything that decides the numbers of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from pydantic import model_validator

from overfit.spec.merging import merged
from overfit.spec.model import Model, clashes
from overfit.spec.problems import Path
from overfit.spec.settings.data import Data
from overfit.spec.settings.evaluation import Evaluation
from overfit.spec.settings.network import (
    BatchNormSwitch,
    DropoutSwitch,
    LayerNormSwitch,
    Network,
)
from overfit.spec.settings.penalty import EffectivePenalty, Penalty
from overfit.spec.settings.train import Train


class Settings(Model):
    """Everything that decides the numbers of a run, apart from its seeds."""

    data: Data
    """What the network learns from."""
    model: Network
    """The network."""
    batch_norm: BatchNormSwitch = None
    """`true` or a mapping for on, `null` or `false` for off."""
    layer_norm: LayerNormSwitch = None
    """`true` or a mapping for on, `null` or `false` for off."""
    dropout: DropoutSwitch = None
    """A mapping for on, `null` for off."""
    penalty: EffectivePenalty = Penalty()
    """Penalties and constraints on the weights."""
    train: Train
    """How the network is trained."""
    evaluation: Evaluation = Evaluation()
    """When loss and accuracy are recorded."""

    @property
    def budget(self) -> int:
        """Parameter updates in all."""
        batches = -(-self.data.train // self.train.batch_size)
        return self.train.updates or (self.train.epochs or 0) * batches

    @model_validator(mode="after")
    def _values_go_together(self) -> Self:
        clashes([*self._size_clashes(), *self._other_clashes()])
        return self

    def _size_clashes(self) -> Iterator[tuple[str, list[Path]]]:
        size, images = self.train.batch_size, self.data.train
        sizes: list[Path] = [("train", "batch_size"), ("data", "train")]
        rest = images % size if self.train.sampling == "shuffle" else 0
        if size > images:
            yield f"a batch of {size} is more than the {images} training images", sizes
        elif self.batch_norm and 1 in (size, rest):
            yield (
                f"batches of {size} from {images} training images leave a batch of 1; "
                "batch normalization needs at least 2",
                [*sizes, ("batch_norm",)],
            )

    def _other_clashes(self) -> Iterator[tuple[str, list[Path]]]:
        if self.batch_norm and self.layer_norm:
            yield (
                "batch and layer normalization are both on; write batch_norm: null or "
                "layer_norm: null",
                [("batch_norm",), ("layer_norm",)],
            )
        if self.train.warm_up >= self.budget:
            yield (
                f"a warm-up of {self.train.warm_up} updates leaves nothing of a budget of "
                f"{self.budget}",
                [("train", "warm_up"), ("train", "epochs"), ("train", "updates")],
            )

    def updated(self, differences: Mapping[str, Any]) -> Settings:
        """These settings with nested differences merged over them, validated again."""
        return Settings.model_validate(merged(self.model_dump(mode="json"), differences))
