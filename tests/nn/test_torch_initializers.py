"""Distributions of initial weights against `torch.nn.init`."""

import numpy as np
import pytest
from scipy import stats

from overfit import nn
from overfit.nn.initializers.pytorch import PyTorch
from tests.peers import required_torch

torch = required_torch()
INIT = torch.nn.init
N_IN, N_OUT = 300, 200
PEERS = {
    "he_normal": (nn.He(), lambda w: INIT.kaiming_normal_(w, nonlinearity="relu")),
    "he_uniform": (nn.HeUniform(), lambda w: INIT.kaiming_uniform_(w, nonlinearity="relu")),
    "xavier_normal": (nn.Glorot(), INIT.xavier_normal_),
    "xavier_uniform": (nn.GlorotUniform(), INIT.xavier_uniform_),
    "lecun_normal": (nn.Xavier(), lambda w: INIT.kaiming_normal_(w, nonlinearity="linear")),
    "normal": (nn.Normal(0.05), lambda w: INIT.normal_(w, std=0.05)),
    "default of Linear": (
        PyTorch(), lambda w: torch.nn.Linear(N_IN, N_OUT, dtype=w.dtype).weight.detach(),
    ),
    "orthogonal": (nn.Orthogonal(1.5), lambda w: INIT.orthogonal_(w, 1.5)),
}  # fmt: skip


@pytest.mark.parametrize("name", PEERS)
def test_initial_weights_are_distributed_like_pytorchs(name):
    """Two samples of 60,000; a deviation that is 2% off would give p < 1e-4."""
    initializer, peer = PEERS[name]
    own = initializer.draw(np.random.default_rng(1), N_IN, N_OUT)
    torch.manual_seed(1)
    other = peer(torch.empty(N_OUT, N_IN, dtype=torch.float64)).numpy()
    assert own.shape == (N_IN, N_OUT)
    assert stats.ks_2samp(own.ravel(), other.ravel()).pvalue > 1e-2
    assert own.std() == pytest.approx(other.std(), rel=0.01)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4)])
def test_small_orthogonal_matrices_are_distributed_like_pytorchs(shape):
    """Over many draws, each entry for itself: signs that are not made unique would show here."""
    rng = np.random.default_rng(2)
    torch.manual_seed(2)
    own = np.stack([nn.Orthogonal().draw(rng, *shape) for _ in range(2000)])
    other = np.stack([INIT.orthogonal_(torch.empty(shape[::-1])).numpy().T for _ in range(2000)])
    for i, j in np.ndindex(shape):
        assert stats.ks_2samp(own[:, i, j], other[:, i, j]).pvalue > 1e-4


@pytest.mark.parametrize("shape", [(7, 4), (4, 7), (5, 5), (1, 3)])
def test_orthogonal_weights_have_orthonormal_rows_or_columns(shape):
    W = nn.Orthogonal(2.0).draw(np.random.default_rng(1), *shape)
    gram = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(gram, 4 * np.eye(min(shape)), atol=1e-12)
