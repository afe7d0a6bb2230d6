"""Probes: what is recorded of a network beside loss and accuracy, at the evaluation points."""

from overfit.training.probes.probe import Measurement, Probe, ProbeRows

__all__ = ["Measurement", "Probe", "ProbeRows"]
