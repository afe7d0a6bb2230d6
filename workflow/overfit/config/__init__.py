"""Experiment files to validated, expanded, hashed specifications of runs.

This module imports nothing: a job that trains reads one specification, and would otherwise wait for
the models of experiments, claims and figures.
"""
