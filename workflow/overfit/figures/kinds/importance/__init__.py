"""How much each hyperparameter matters."""
