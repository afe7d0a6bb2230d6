"""Learning-rate schedules against PyTorch's, stepped once an update."""

import numpy as np
import pytest

from overfit import nn
from overfit.nn.schedules import WarmUp
from overfit.nn.schedules.cosine import Cosine
from overfit.nn.schedules.step import Step
from tests.nn.torch_training import PRECISIONS, STEPS, Training
from tests.nn.torch_twin import torch

SCHEDULERS = torch.optim.lr_scheduler
SCHEDULES = {
    "step": (Step(15, 0.3), lambda o: SCHEDULERS.StepLR(o, 15, 0.3)),
    "cosine": (Cosine(STEPS), lambda o: SCHEDULERS.CosineAnnealingLR(o, STEPS)),
    "warm_up": (
        WarmUp(10),
        lambda o: SCHEDULERS.LinearLR(o, start_factor=1 / 10, total_iters=9),
    ),
    "warm_up_then_cosine": (
        WarmUp(10, Cosine(STEPS - 10)),
        lambda o: SCHEDULERS.SequentialLR(
            o,
            [
                SCHEDULERS.LinearLR(o, start_factor=1 / 10, total_iters=9),
                SCHEDULERS.CosineAnnealingLR(o, STEPS - 10),
            ],
            milestones=[10],
        ),
    ),
    "warm_up_then_step": (
        WarmUp(5, Step(12, 0.5)),
        lambda o: SCHEDULERS.SequentialLR(
            o,
            [
                SCHEDULERS.LinearLR(o, start_factor=1 / 5, total_iters=4),
                SCHEDULERS.StepLR(o, 12, 0.5),
            ],
            milestones=[5],
        ),
    ),
}


# SequentialLR calls its own schedulers in a way that PyTorch deprecates.
@pytest.mark.filterwarnings("ignore:.*epoch parameter:UserWarning")
@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_give_pytorchs_learning_rates(name):
    schedule, make = SCHEDULES[name]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimizer)
    expected = []
    for _ in range(STEPS):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    np.testing.assert_allclose([schedule.factor(t) for t in range(STEPS)], expected, rtol=1e-12)


@pytest.mark.filterwarnings("ignore:.*epoch parameter:UserWarning")
@PRECISIONS
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adamw"])
@pytest.mark.parametrize("name", ["step", "warm_up_then_cosine"])
def test_scheduled_training_ends_where_pytorch_ends(name, optimizer, dtype, tolerance):
    schedule, peer = SCHEDULES[name]
    network = nn.mlp(8, [12, 10], 4, norm=nn.BatchNorm)
    training = Training(network, optimizer, dtype, 9, schedule=schedule, peer_schedule=peer)
    assert training.error() < tolerance
