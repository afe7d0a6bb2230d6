"""Hyperparameter search: spaces, methods, trials. To a method, a cost is only a number."""
