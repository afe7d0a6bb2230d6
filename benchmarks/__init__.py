"""Timings of the core against its peers; see `peers.py`."""
