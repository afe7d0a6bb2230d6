"""Figures of hyperparameter searches."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from overfit.config.figures.figure import BaseFigure, Mistakes, Reads, no_item_twice
from overfit.config.model import Items
from overfit.config.names import Context, SearchedVariant

SearchedVariants = Annotated[tuple[SearchedVariant, ...], Items, AfterValidator(no_item_twice)]


class SearchFigure(BaseFigure):
    """A figure of one search."""

    reads: ClassVar[tuple[Reads, ...]] = ("trials",)

    variant: SearchedVariant
    """The searched variant."""


class Anytime(BaseFigure):
    """The best score so far while searches go on, and what it is worth on test images."""

    reads: ClassVar[tuple[Reads, ...]] = ("trials",)
    most_variants: ClassVar[int] = 8

    kind: Literal["anytime"]
    variants: SearchedVariants = ()
    """The searched variants to show; all by default."""
    against: Literal["trials", "epochs"] = "trials"
    """What is spent: trials, counted as trainings to the end, or epochs."""

    def mistakes(self, context: Context) -> Mistakes:
        """No search, or too many."""
        shown = self.variants or context.searched
        if not shown:
            yield "no variant has a search", [()]
        if len(shown) > self.most_variants:
            message = f"{len(shown)} searches are more than {self.most_variants}; pick some"
            yield f"{message} with variants: [...]", [()]


class SearchEfficiency(SearchFigure):
    """What a random search of 1, 2, 4, ... trials finds, from the trials of a larger one."""

    kind: Literal["search_efficiency"]

    def mistakes(self, context: Context) -> Mistakes:
        """Trials that depend on each other."""
        if self.variant in context.searched and context.methods.get(self.variant) != "random":
            message = "needs trials that are drawn independently: method: random"
            yield message, [("variant",)]


class SearchSpace(SearchFigure):
    """Where the trials of a search lie in its space, coloured by their score."""

    kind: Literal["search_space"]


class Importance(SearchFigure):
    """How much of the scores' variance each hyperparameter explains."""

    kind: Literal["importance"]


class ParallelCoordinates(SearchFigure):
    """The trials of a search as lines across an axis for each hyperparameter."""

    kind: Literal["parallel_coordinates"]
