"""Averaged predictions of several networks."""
