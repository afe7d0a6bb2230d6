"""How the weights of each layer are distributed."""
