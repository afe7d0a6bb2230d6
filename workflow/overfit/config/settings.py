"""The settings of one run: data, network, regularizers, training.

The parts of a network define their own settings, see `overfit.config.parts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from overfit.config.merging import merged, without
from overfit.config.model import InFloat32, Items, Model, Name, Number, Text, clashes
from overfit.config.parts import (
    Named,
    PartSettings,
    by_name,
    choice,
    inline,
    label,
    models,
    open_to,
    parts,
)
from overfit.config.problems import Path
from overfit.nn.layers import normalizes
from overfit.trainers import AnyTrainer
from overfit.trainers import default as default_trainer

Draw = Literal["balanced", "stratified", "first"]
MAX_WIDTH = 10_000
"""The most units of a hidden layer."""
MAX_IMAGES = 100_000_000
"""The most images of a dataset."""

if TYPE_CHECKING:
    Activation = Named
    Init = Named
    Optimizer = Named
    LrSchedule = Named
else:
    Activation = choice("activations", "activation")
    Init = choice("initializers", "initializer")
    Optimizer = choice("optimizers", "optimizer")
    LrSchedule = choice("schedules", "learning-rate schedule")


class Data(Model):
    """What the network learns from."""

    dataset: Name
    """A name of `config/datasets.yaml`."""
    train: int = Field(ge=1, le=MAX_IMAGES)
    """Number of training images."""
    validation: int = Field(ge=1, le=MAX_IMAGES)
    """Number of validation images, disjoint from the training images."""
    draw: Draw = "balanced"
    """`balanced` chooses random images for each seed, equally many of each class. `stratified`
    chooses random images with the pool's shares of the classes. `first` uses the first images of
    the pool, for training and then for validation (as in the book); all seeds and searches then
    share them."""
    label_noise: Number = Field(default=0.0, ge=0, lt=1)
    """Share of the training images whose label is replaced by a wrong one, which training accuracy
    then counts as right."""
    standardize: Literal["none", "per_feature", "global"] = "none"
    """Scale inputs to mean 0 and standard deviation 1, for each feature or for all values together.
    Mean and deviation are those of a seed's training images. A feature that is constant in them is
    only centred."""


class Network(Model):
    """A fully connected network."""

    hidden: Annotated[
        tuple[Annotated[int, Field(ge=1, le=MAX_WIDTH)], ...],
        Items,
        Field(min_length=1, max_length=64),
    ]
    """Units of each hidden layer, from the input to the output."""
    depth: Annotated[int, Field(ge=1, le=64)] | None = None
    """Number of hidden layers, all of the same width; overrides the number of those in `hidden`,
    unless a later layer sets `hidden`."""
    width: Annotated[int, Field(ge=1, le=MAX_WIDTH)] | None = None
    """Units of each hidden layer; overrides those in `hidden`, unless a later layer sets these."""
    activation: Activation
    """Activation of each hidden layer: a name from the list below, or `{name: leaky_relu,
    leak: 0.1}`."""
    init: Init
    """Initial weights: a name from the list below, or `{std: 0.01}` for one scale in all layers."""


def _shaped(network: Network) -> Network:
    """With `depth` and `width` written out in `hidden`, so that both forms are the same run."""
    if network.depth is None and network.width is None:
        return network
    widths = set(network.hidden if network.width is None else [network.width])
    if len(widths) > 1:
        message = "the hidden layers don't all have the same width; set width, too"
        clashes([(message, [("depth",), ("hidden",)])])
    hidden = (*widths,) * (network.depth or len(network.hidden))
    return network.model_copy(update={"hidden": hidden, "depth": None, "width": None})


@open_to("penalties")
class Penalty(Model):
    """Added to the mean loss of a batch of any size; biases, gamma and beta are not penalized."""

    def on(self) -> Iterator[tuple[str, PartSettings]]:
        """The name and settings of each penalty and constraint that has an effect."""
        for name, model in models("penalties").items():
            found = getattr(self, name)
            if found and inline("penalties", name):
                values = {key: getattr(self, key) for key in model.model_fields}
                yield name, model.model_construct(**values)
            elif found:
                yield name, found

    @model_validator(mode="after")
    def _strengths_and_shapes_go_together(self) -> Self:
        clashes(self._clashes())
        return self

    def _clashes(self) -> Iterator[tuple[str, list[Path]]]:
        for strength, shapes in penalty_shapes().items():
            for shape in shapes & self.model_fields_set:
                given = getattr(self, shape)
                absent = strength not in self.model_fields_set
                if absent and given != type(self).model_fields[shape].default:
                    yield f"{given} has no effect without {strength}", [(shape,)]
        for name, settings in self.on():
            try:
                settings.made()
            except ValueError as error:
                yield str(error), [(name,)]


@cache
def penalty_shapes() -> dict[str, set[str]]:
    """The other settings of each penalty whose strength is a key, such as `l1_method` of `l1`."""
    return {
        name: model.model_fields.keys() - {name}
        for name, model in models("penalties").items()
        if inline("penalties", name)
    }


def _effective(penalty: Penalty) -> Penalty:
    """Without settings that change nothing, so that both forms are the same run."""
    on = dict(penalty.on())
    idle: set[str] = set()
    for strength, shapes in penalty_shapes().items():
        idle |= set(getattr(on[strength].made(), "unused", ())) if strength in on else shapes
    usual = {key: type(penalty).model_fields[key].default for key in idle}
    changed = {key: value for key, value in usual.items() if getattr(penalty, key) != value}
    return penalty.model_copy(update=changed) if changed else penalty


ClassWeight = Annotated[float, Field(gt=0, le=1e6), InFloat32]


class EarlyStopping(Model):
    """Stops a run that no longer improves, and ends every run with the network of its best epoch.

    It looks at the validation images after each epoch, whatever `evaluation.points` is.
    """

    RULE: ClassVar[int] = 2
    """Raised when it stops by another rule: the runs that use it are then new."""

    patience: int = Field(ge=1, le=1_000_000)
    """Number of consecutive epochs without an improvement before it stops."""
    metric: Literal["validation_loss", "validation_accuracy"] = "validation_loss"
    """The quantity that must improve."""
    min_delta: Number = Field(default=0.0, ge=0, le=1e6)
    """The smallest change of it that counts as an improvement."""


class Train(Model):
    """How the network is trained."""

    optimizer: Optimizer
    """How steps follow from gradients."""
    batch_size: int = Field(ge=1, le=MAX_IMAGES)
    """Images in each parameter update."""
    epochs: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """The budget as passes over the training images; either this or `updates`."""
    updates: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    """The budget as parameter updates; either this or `epochs`."""
    sampling: Literal["shuffle", "replacement"] = "shuffle"
    """`shuffle` uses every image once per epoch; `replacement` samples each batch separately (as in
    the book)."""
    lr_schedule: LrSchedule = by_name("schedules", "constant")
    """How the learning rate changes, such as `cosine`, or `{name: step, every: 500}`."""
    warm_up: int = Field(default=0, ge=0, le=100_000_000)
    """Updates over which the learning rate first rises from near 0."""
    clip: Annotated[float, Field(gt=0, le=1e9), InFloat32] | None = None
    """The largest norm of the whole gradient, including penalties; larger ones are scaled down."""
    label_smoothing: Number = Field(default=0.0, ge=0, lt=1)
    """The share of each target that is spread evenly over all classes."""
    class_weights: Literal["none", "balanced"] | dict[Text, ClassWeight] = "none"
    """How much the loss of a training image counts. `balanced`: all classes count equally, with
    weights inversely proportional to how often each is in the training set. A mapping gives weights
    to classes, as the data calls them (`{"1": 5}`); others have 1. Recorded losses are without
    weights."""
    early_stopping: EarlyStopping | None = None
    """When to stop before the end of the budget; `null` means never."""

    @model_validator(mode="after")
    def _one_budget(self) -> Self:
        clashes(self._clashes())
        return self

    def _clashes(self) -> Iterator[tuple[str, list[Path]]]:
        both: list[Path] = [("epochs",), ("updates",)]
        if self.epochs and self.updates:
            yield (
                f"the budget is set twice; for {self.updates} updates add epochs: null, "
                f"for {self.epochs} epochs add updates: null",
                both,
            )
        elif not (self.epochs or self.updates):
            yield "needs a budget: epochs or updates", both


class Evaluation(Model):
    """When loss and accuracy are recorded.

    Experiments that share a run may have different points: the run records all of them, and each
    experiment reads its own.
    """

    points: int = Field(default=40, ge=2, le=10_000)
    """The approximate number of times during a run, including the start and the end."""


@open_to("layers", "compat", "extends", "label", "search")
class Settings(Model):
    """Everything that determines the numbers of a run, apart from its seeds."""

    data: Data
    """What the network learns from."""
    model: Annotated[Network, AfterValidator(_shaped)]
    """The network."""
    penalty: Annotated[Penalty, AfterValidator(_effective)] = Penalty.model_construct()
    """Penalties and constraints on the weights."""
    train: Train
    """How the network is trained."""
    evaluation: Evaluation = Evaluation.model_construct()
    """When loss and accuracy are recorded."""
    trainer: AnyTrainer = default_trainer()
    """The trainer: a name from the list below, the path of your own file such as
    `trainers/cnn.py`, or `{name: torch, device: cuda}`."""

    @property
    def budget(self) -> int:
        """Parameter updates in total."""
        batches = -(-self.data.train // self.train.batch_size)
        return self.train.updates or (self.train.epochs or 0) * batches

    @property
    def trained(self) -> Settings:
        """Without what only decides when a network is measured: with the default of `evaluation`.

        Early stopping puts a network back when an evaluation finds that it diverged, so there the
        evaluation points stay.
        """
        changes = {} if self.train.early_stopping else {"evaluation": Evaluation.model_construct()}
        return self.model_copy(update=changes)

    def layers(self) -> Iterator[tuple[str, PartSettings]]:
        """The name and settings of each layer that is on, besides affine layers and activations."""
        for name in parts("layers"):
            if found := getattr(self, name):
                yield name, found

    @model_validator(mode="after")
    def _values_go_together(self) -> Self:
        clashes([*self._size_clashes(), *self._width_clashes(), *self._other_clashes()])
        return self

    @model_validator(mode="after")
    def _widened(self) -> Self:
        """With the widths that layers require written out in `model.hidden`, which is the same run.

        The settings that require them, such as `dropout.widen`, are then at their defaults.
        """
        found = self
        for name, layer in self.layers():
            if not hasattr(layer.FOUND.part, "widths"):
                continue
            hidden = layer.made(n=1).widths(found.model.hidden)
            said = {
                key: field.default for key, field in type(layer).model_fields.items()
                if field.exclude
            }  # fmt: skip
            if max(hidden) > MAX_WIDTH:
                message = f"a layer would have {max(hidden)} units; at most {MAX_WIDTH} are allowed"
                keys = [*said, *sorted(layer.model_fields_set - said.keys())]
                clashes([(message, [*((name, key) for key in keys), ("model", "hidden")])])
            found = found.model_copy(
                update={
                    "model": found.model.model_copy(update={"hidden": hidden}),
                    name: layer.model_copy(update=said),
                }
            )
        return found

    def _size_clashes(self) -> Iterator[tuple[str, list[Path]]]:
        size, images = self.train.batch_size, self.data.train
        sizes: list[Path] = [("train", "batch_size"), ("data", "train")]
        rest = images % size if self.train.sampling == "shuffle" else 0
        if size > images:
            yield f"a batch of {size} is larger than the {images} training images", sizes
            return
        for name, layer in self.layers():
            needed = getattr(layer.FOUND.part, "smallest_batch", 1)
            if min(size, rest or size) < needed:
                yield (
                    f"batches of {size} from {images} training images leave a batch of "
                    f"{min(size, rest or size)}; {label('layers', name)} needs at least {needed}",
                    [*sizes, (name,)],
                )

    def _width_clashes(self) -> Iterator[tuple[str, list[Path]]]:
        """Widths that a layer refuses."""
        for name, layer in self.layers():
            try:
                for n in set(self.model.hidden):
                    layer.made(n=n)
            except ValueError as error:
                yield f"{label('layers', name)}: {error}", [(name,), ("model", "hidden")]

    def _other_clashes(self) -> Iterator[tuple[str, list[Path]]]:
        norms = [name for name, layer in self.layers() if normalizes(layer.FOUND.part)]
        if len(norms) > 1:
            both = " and ".join(label("layers", name) for name in norms)
            instead = " or ".join(f"{name}: null" for name in norms)
            yield f"{both} are both on; write {instead}", [(name,) for name in norms]
        if self.train.warm_up >= self.budget:
            yield (
                f"a warm-up of {self.train.warm_up} updates uses up the whole budget of "
                f"{self.budget}",
                [("train", "warm_up"), ("train", "epochs"), ("train", "updates")],
            )

    def updated(
        self, differences: Mapping[str, Any], *, instead_of: Iterable[str] = ()
    ) -> Settings:
        """These settings with nested differences merged over them, validated again.

        Args:
            differences: the settings that differ.
            instead_of: dotted keys whose values are removed first.
        """
        kept = without(self.model_dump(mode="json", exclude_defaults=True), instead_of)
        return Settings.model_validate(merged(kept, differences))

    def shortened(self, share: float) -> Settings:
        """These settings with a share of the budget, at least one epoch or update of it."""
        unit = "epochs" if self.train.epochs else "updates"
        budget = max(1, round(share * getattr(self.train, unit)))
        return self.updated({"train": {unit: budget}})
