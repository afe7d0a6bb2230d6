"""Experiment files to validated, expanded, hashed specifications of runs.

This module imports nothing. Otherwise a training job, which reads only one specification, would
wait for the models of experiments, claims and figures.
"""
