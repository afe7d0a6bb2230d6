"""What comes out of each hidden layer."""
