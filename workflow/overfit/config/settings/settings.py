"""Everything that decides the numbers of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from pydantic import model_validator

from overfit.config.merging import merged, without
from overfit.config.model import Model, clashes
from overfit.config.parts import open_to
from overfit.config.problems import Path
from overfit.config.settings.data import Data
from overfit.config.settings.evaluation import Evaluation
from overfit.config.settings.network import (
    MAX_WIDTH,
    BatchNormSwitch,
    DropoutSwitch,
    LayerNormSwitch,
    ShapedNetwork,
)
from overfit.config.settings.penalty import EffectivePenalty, Penalty
from overfit.config.settings.train import Train


@open_to("layers", "compat", "extends", "label", "search")
class Settings(Model):
    """Everything that decides the numbers of a run, apart from its seeds."""

    data: Data
    """What the network learns from."""
    model: ShapedNetwork
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

    @model_validator(mode="after")
    def _widened(self) -> Self:
        """With `dropout.widen` written out in `model.hidden`, so that it makes no other run."""
        if self.dropout is None or not self.dropout.widen:
            return self
        hidden = tuple(round(units / (1 - self.dropout.rate)) for units in self.model.hidden)
        if max(hidden) > MAX_WIDTH:
            message = f"a layer of {max(hidden)} units is more than {MAX_WIDTH}"
            clashes([(message, [("dropout", "widen"), ("dropout", "rate"), ("model", "hidden")])])
        return self.model_copy(
            update={
                "model": self.model.model_copy(update={"hidden": hidden}),
                "dropout": self.dropout.model_copy(update={"widen": False}),
            }
        )

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

    def updated(
        self, differences: Mapping[str, Any], *, instead_of: Iterable[str] = ()
    ) -> Settings:
        """These settings with nested differences merged over them, validated again.

        Args:
            differences: what is different.
            instead_of: dotted keys whose own values go first.
        """
        kept = without(self.model_dump(mode="json", exclude_defaults=True), instead_of)
        return Settings.model_validate(merged(kept, differences))

    def shortened(self, share: float) -> Settings:
        """These settings with a share of the budget, at least one epoch or update of it."""
        unit = "epochs" if self.train.epochs else "updates"
        budget = max(1, round(share * getattr(self.train, unit)))
        return self.updated({"train": {unit: budget}})
