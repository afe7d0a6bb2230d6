"""Hyperparameter search. Its methods know no networks: a cost is any number."""
