"""The kinds of claims: each file is one kind, and its name is the key that names the metric.

A file defines one subclass of `overfit.claims.kind.Test`: its options, how it finds the estimate
and the interval, and its words. Your own files work like the built-in ones. Every
reading of an experiment imports the files, so they import NumPy and pandas inside their methods.
"""
