"""Hyperparameter search: spaces, methods, trials. Methods know no networks: a cost is a number."""
