"""Claims: statements that the pipeline tests. A kind of test is a module of this folder."""

from overfit.config.claims.claim import KINDS, Claim
from overfit.config.claims.test import Test

__all__ = ["KINDS", "Claim", "Test"]
