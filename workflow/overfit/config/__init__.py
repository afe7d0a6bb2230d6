"""Experiment files to validated, expanded, hashed specifications of runs.

Nothing is loaded here: a job that trains reads one specification, and would wait for the models of
experiments, claims and figures.
"""
