"""Training accuracy over the epochs, a small panel for each point of a grid axis."""
