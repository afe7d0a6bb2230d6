"""What smaller random searches find."""
