"""Metrics against a grid axis: means, intervals, seeds."""
