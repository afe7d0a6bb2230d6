"""Runs, searches and subsets: frozen, readable, named after their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Self

import yaml

from overfit.spec.blocks import blocks
from overfit.spec.model import Items, Model
from overfit.spec.search import Method, Objective, Space
from overfit.spec.settings import Normal, Settings

HASH_VERSION = 1
"""Raised when the core's numerics or a default change on purpose: then all runs are new runs."""
SEARCH_SEED = 1_000_000
"""The seed of the subset that searches see; no run has it, so what is found meets fresh data."""


class _Spec(Model):
    root_seed: int
    """The root of all its random numbers."""

    @cached_property
    def id(self) -> str:
        """`<readable>-<8 hex digits>` of all that decides its numbers, and nothing else."""
        return f"{self._slug()[:80]}-{_digest(self._identity())}"

    def _slug(self) -> str:
        raise NotImplementedError

    def _identity(self) -> dict[str, Any]:
        """What is hashed. Without defaults, so that a setting added later renames nothing."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def to_yaml(self) -> str:
        """As readable YAML, the same text for the same content."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Read what `to_yaml` wrote."""
        return cls.model_validate(yaml.safe_load(text))


class SubsetSpec(_Spec):
    """Small training and validation sets, one pair for each seed."""

    dataset: str
    """Name of the dataset."""
    train: int
    """Number of training images."""
    validation: int
    """Number of validation images."""

    def _slug(self) -> str:
        return f"{self.dataset}-n{self.train}-v{self.validation}"


class _Trained(_Spec):
    settings: Settings
    """All settings of the run or of a trial. Found ones stand at the low end of their range."""

    @cached_property
    def subset(self) -> SubsetSpec:
        """The images that it learns from."""
        return SubsetSpec(root_seed=self.root_seed, **self.settings.data.model_dump())

    @property
    def subset_id(self) -> str:
        """The id of its subset."""
        return self.subset.id


class SearchReference(Model):
    """The search whose best trial gives a run some of its settings."""

    search: str
    """Its id."""
    method: Method
    """Its method."""
    finds: Annotated[tuple[str, ...], Items]
    """The dotted keys that it finds."""


class RunSpec(_Trained):
    """One resolved configuration, trained with many seeds."""

    search: SearchReference | None = None
    """Where the found settings come from; null if all are given."""

    def _slug(self) -> str:
        return readable(self.settings, self.search.finds if self.search else ())

    def _identity(self) -> dict[str, Any]:
        return {"run": HASH_VERSION, **super()._identity()}


class SearchSpec(_Trained):
    """A search: many trials, each a configuration trained once."""

    space: Space
    """Where to look, by dotted key."""
    objective: Objective
    """What is best."""
    trials: int
    """How many configurations are tried."""
    method: Method
    """How to look."""

    @property
    def seed(self) -> int:
        """The seed of its subset, which no run has."""
        return SEARCH_SEED

    def blocks(self, trials_per_job: int) -> list[str]:
        """The blocks of trials that jobs train."""
        return blocks(self.trials, trials_per_job)

    def reference(self) -> SearchReference:
        """What a run says about the search that it takes settings from."""
        return SearchReference(search=self.id, method=self.method, finds=tuple(self.space))

    def _slug(self) -> str:
        return readable(self.settings, tuple(self.space))

    def _identity(self) -> dict[str, Any]:
        """Without the method: methods are compared on the same search."""
        identity = super()._identity()
        del identity["method"]
        return {"search": HASH_VERSION, **identity}


def readable(settings: Settings, found: tuple[str, ...] = ()) -> str:
    """The settings in a few words, fit for a file name: `mnist-5k-n300-6x100-relu-l2_0.1`."""
    hidden, init = settings.model.hidden, settings.model.init
    same = len(set(hidden)) == 1
    words = [
        settings.data.dataset,
        f"n{settings.data.train}",
        f"{len(hidden)}x{hidden[0]}" if same else "_".join(map(str, hidden)),
        settings.model.activation,
    ]
    if isinstance(init, Normal):
        words.append(f"std_{init.std:.4g}")
    elif init.name != "he":
        words.append(init.name)
    if settings.batch_norm:
        words.append("bn")
    if settings.dropout:
        words.append(f"dropout_{settings.dropout.rate:.4g}")
    if found:
        words.append("searched")
    elif settings.penalty.l2:
        words.append(f"l2_{settings.penalty.l2:.4g}")
    return "-".join(words).replace("+", "")


def _digest(identity: Mapping[str, Any]) -> str:
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:8]
