"""The configuration: what to run."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from overfit.config.model import Items, Model

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
    trials_per_job: int = Field(default=640, ge=1, le=10_000)
    """Trials of a search that a job trains."""
    root_seed: int = Field(default=0, ge=0, lt=2**31)
    """All random numbers derive from it."""
    max_runs: int = Field(default=2000, ge=1)
    """More runs than this are refused: a grid grows quickly."""
    blas_kernel: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")] = "auto"
    """OpenBLAS kernel such as `SkylakeX`; `auto`: by the CPU; `inherit`: by the environment."""
    container: Annotated[str, Field(pattern=r"^[A-Za-z0-9_./:@+-]+$")] | None = None
    """Image that jobs run in under `--sdm apptainer`: a file like `overfit.sif`, or an address."""
    thin_grid: Annotated[int, Field(ge=2)] | None = None
    """At most this many points of each grid axis, evenly picked; ends and claimed points stay."""
    changes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """What differs from the files of experiments, written as a file that extends them would:
    `{capacity: {grid: {model.width: [10, 100, 800]}}}`."""
    search_trials: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Trials of every search, instead of its own number."""
    correction: Literal["none", "holm"] = "none"
    """What verdicts need besides the interval: `holm`, an adjusted p below 0.05; see Statistics."""
    search_repeats: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Repeats of every search, instead of its own number."""
    topics: Annotated[tuple[str, ...], Items] = ()
    """The order of topics in the report; others follow by name."""
    defaults: dict[str, Any] = Field(default_factory=dict)
    """Settings below every experiment's base."""
    override: dict[str, Any] = Field(default_factory=dict)
    """Settings over every experiment's base, below its variants and grid."""
