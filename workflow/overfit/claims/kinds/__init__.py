"""The kinds of claims: each file is one kind, and its name is the key that names the metric.

A file defines one subclass of `overfit.claims.kind.Test`: its options, how it finds the estimate
and the interval, and its words. Files of your own work like those that come with overfit. Every
reading of an experiment imports the files, so they import NumPy and pandas inside `find`.
"""
