"""A metric over two grid axes."""
