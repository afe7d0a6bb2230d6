"""Metrics: their names and formats, and their computation from histories."""
