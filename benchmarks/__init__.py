"""Timings of the core and of other libraries; see `peers.py`."""
