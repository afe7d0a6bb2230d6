"""Random-effects means are those of statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from overfit.claims.pooled import pooled


@pytest.mark.parametrize("spread", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("k", [2, 3, 7])
def test_means_and_heterogeneity_are_those_of_statsmodels(k, spread):
    rng = np.random.default_rng([k, round(10 * spread)])
    errors = rng.uniform(0.05, 0.2, k)
    effects = rng.normal(0.3, spread, k) + rng.normal(0, errors)
    found = pooled(effects.tolist(), errors.tolist())
    other = combine_effects(effects, errors**2, method_re="dl")
    # It leaves a negative variance as it is; without a variance, the effects are all the same.
    random = other.tau2 > 0
    mean = other.mean_effect_re if random else other.mean_effect_fe
    low, high = other.conf_int()[int(random)]
    ours = (found.mean, found.low, found.high, found.tau**2, found.i2)
    theirs = (mean, low, high, max(0, other.tau2), max(0, other.i2))
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def test_one_replication_is_its_own_mean():
    assert pooled([0.4], [0.1]) == pytest.approx((0.4, 0.204, 0.596, 0, 0), abs=1e-3)
    assert pooled([], []) is None
