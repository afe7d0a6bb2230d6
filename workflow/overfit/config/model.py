"""What all models of the specification share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from overfit.config.problems import Path


class Model(BaseModel):
    """Frozen, without unknown keys, without silent conversions, finite."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        defer_build=True,  # most processes need few of the validators
    )


def _without_negative_zero(value: float) -> float:
    return value + 0.0


Number = Annotated[float, AfterValidator(_without_negative_zero)]
Text = Annotated[str, Field(min_length=1)]
RESERVED = {"con", "prn", "aux", "nul"} | {
    f"{kind}{i}" for kind in ("com", "lpt") for i in range(10)
}
"""Names of devices on Windows, which no file can have there."""


def _not_reserved(name: str) -> str:
    if name in RESERVED:
        raise mistake(f"{name} can't be a file name on Windows; choose another")
    return name


Name = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$", max_length=60), AfterValidator(_not_reserved)]
"""A name that is a file name everywhere."""
Items = Field(strict=False)
"""For tuples: YAML and JSON write them as lists."""


def mistake(message: str) -> PydanticCustomError:
    """A plain sentence about the value under validation."""
    return PydanticCustomError("plain", "{message}", {"message": message})


Clash = tuple[str, list[Path]]
"""A sentence about values that clash, and their paths."""


def clashes(found: Iterable[Clash]) -> None:
    """Raise one error for all clashes: sentences, each with the paths of the values that clash.

    The reader is pointed to that of the paths which was written last.
    """
    listed = [{"message": message, "paths": paths} for message, paths in found]
    if listed:
        context: dict[str, Any] = {"clashes": listed}
        raise PydanticCustomError("clash", "values that do not go together", context)
