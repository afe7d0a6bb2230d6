"""What a probe records over training, layer by layer."""
