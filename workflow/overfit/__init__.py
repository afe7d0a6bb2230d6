"""Small neural networks, few data, and the evidence of what keeps them from overfitting."""

__version__ = "0.1.0"
