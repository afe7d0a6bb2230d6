"""The trainer `numpy`: the core of overfit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from overfit.trainers import Task, Trainer, Uses

if TYPE_CHECKING:
    from overfit.training.history import Trained
    from overfit.training.loop import Recipe


class NumPy(Trainer):
    """The core of overfit, on NumPy: trains many seeds at once."""

    USES: ClassVar[Uses | None] = None
    RECORDS: ClassVar[bool] = True

    def train_all(
        self, tasks: Sequence[Task], progress: Callable[[float, int], None]
    ) -> list[Trained]:
        """Train stacks of those seeds that can be trained together; see `overfit.training.loop`."""
        from overfit.training.loop import train

        done: dict[int, Trained] = {}
        for recipe, group in stackable(tasks):
            together = train(
                recipe,
                [tasks[i].replicate for i in group],
                tasks[group[0]].common_test,
                root_seed=tasks[group[0]].root_seed,
                progress=lambda now, _: progress(len(done) + now, len(tasks)),
            )
            done.update(zip(group, together, strict=True))
        return [done[i] for i in range(len(tasks))]


def stackable(tasks: Sequence[Task]) -> Iterator[tuple[Recipe, list[int]]]:
    """The recipe and the positions of those that can be trained together, group by group.

    They have the same recipe, and optimizers and penalties of the same kinds, whose numbers may
    differ.
    """
    from overfit.nn.memory import alike

    groups: dict[Any, list[int]] = {}
    for i, task in enumerate(tasks):
        kinds = tuple(alike(part) for part in (task.replicate.optimizer, *task.replicate.penalties))
        groups.setdefault((task.recipe, kinds), []).append(i)
    for (recipe, _), group in groups.items():
        yield recipe, group
