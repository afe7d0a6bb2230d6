"""A metric against another along a grid axis."""
