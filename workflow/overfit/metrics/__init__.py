"""Metrics: what they are called, how they are written, and how they follow from histories."""
