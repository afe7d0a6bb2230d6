"""The trainer `sklearn`: scikit-learn's MLPClassifier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from overfit.trainers import Row, Task, Trainer, TrainerError, Uses, Weights

if TYPE_CHECKING:
    from overfit.config.settings import Settings
    from overfit.data.readers import Dataset
    from overfit.nn.memory import Array

ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic"}
TWO = "sklearn needs at least 3 classes: for 2, MLPClassifier has a single output"


class SciKitLearn(Trainer):
    """scikit-learn's MLPClassifier, batch by batch, from the core's initial weights.

    It knows no normalization and no dropout. Its Adam adds eps before it corrects the moving
    average of squares for its start at 0, the core's and PyTorch's after it.
    """

    USES: ClassVar[Uses | None] = {
        "model.hidden": (),
        "model.activation": tuple(ACTIVATIONS),
        "model.init": (),
        "penalty.l2": (),
        "train.optimizer": ("sgd", "momentum", "nesterov", "adam"),
    }
    RECORDS: ClassVar[bool] = True
    NEEDS: ClassVar[Mapping[str, str]] = {"sklearn": "scikit-learn>=1.5"}

    def mistakes(self, settings: Settings, dataset: Dataset) -> Iterator[tuple[str, str]]:
        """Two classes."""
        if dataset.classes == 2:
            yield "data.dataset", TWO

    def train(self, task: Task) -> Iterator[Row | Weights]:
        """Train one seed by `partial_fit`, which makes one update of each batch."""
        import numpy as np
        from sklearn.neural_network import MLPClassifier

        from overfit.nn.memory import Scratch

        if task.classes == 2:
            raise TrainerError(TWO)
        parameters, states = task.initial()
        given = [(one["W"][0], one["b"][0, 0]) for one in parameters.layers if one]

        class FromOurs(MLPClassifier):  # type: ignore[misc]
            """MLPClassifier from given weights; by itself it draws its own."""

            def _init_coef(self, *shape: Any) -> tuple[Array, Array]:
                W, b = given[len(self.coefs_)]
                return W.copy(), b.copy()

        settings = task.settings
        penalty: Any = settings.penalty
        model = FromOurs(
            settings.model.hidden,
            activation=ACTIVATIONS[settings.model.activation.name],
            shuffle=False,
            **_solver(dict(settings.train.optimizer)),
        )

        def log_probabilities(inputs: Array) -> Array:
            found = model.predict_proba(inputs)
            return np.log(np.maximum(found, np.finfo(found.dtype).tiny))

        def first(inputs: Array) -> Array:
            network, scratch = task.recipe.network, Scratch(inputs.dtype)
            return network.logits(parameters.layers, states, inputs[None], scratch=scratch)[0]

        def trained(update: int) -> Weights:
            parameters, states = task.initial()
            affine = [one for one in parameters.layers if one]
            for own, W, b in zip(affine, model.coefs_, model.intercepts_, strict=True):
                own["W"][0], own["b"][0, 0] = W, b
            return Weights(update, parameters, states)

        yield from task.scored(0, first)
        if task.records:
            yield Weights(0, parameters, states)
        with np.errstate(all="ignore"):  # a network that diverges overflows, which its rows say
            for update, batch in enumerate(task.batches(), 1):
                # It divides the penalty by the size of the batch.
                model.set_params(alpha=penalty.l2 * len(batch), batch_size=len(batch))
                labels = task.train.labels[batch]
                try:
                    model.partial_fit(task.train.inputs[batch], labels, classes=range(task.classes))
                except ValueError:
                    if all(np.isfinite(W).all() for W in (*model.coefs_, *model.intercepts_)):
                        raise
                    yield from task.diverged(update)
                    return
                if update in task.points:
                    yield from task.scored(update, log_probabilities)
                    if task.records:
                        yield trained(update)


def _solver(optimizer: dict[str, Any]) -> dict[str, Any]:
    """The arguments of MLPClassifier for an optimizer."""
    lr = {"learning_rate_init": optimizer["lr"]}
    match optimizer["name"]:
        case "adam":
            names = {"beta1": "beta_1", "beta2": "beta_2", "eps": "epsilon"}
            return {"solver": "adam", **lr, **{to: optimizer[of] for of, to in names.items()}}
        case name:
            ahead = name == "nesterov"
            momentum = optimizer.get("momentum", 0.0)
            return {"solver": "sgd", **lr, "momentum": momentum, "nesterovs_momentum": ahead}
