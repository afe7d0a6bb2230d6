"""How the effect of one factor depends on another."""
