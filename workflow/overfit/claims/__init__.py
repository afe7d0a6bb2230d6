"""Claims: statements about an experiment, the tests that decide on them, and the verdicts.

A kind of claim is one file in `kinds`. This package itself loads nothing, since every reading of an
experiment imports it.
"""
