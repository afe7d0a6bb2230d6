"""Elementwise activations: a file with `PART`, a subclass of `nn.activations.Activation`."""
