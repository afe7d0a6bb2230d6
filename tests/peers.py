"""Packages to compare with that are not needed to run: tests skip without them, CI does not."""

import os
from importlib import import_module

import pytest


def required(module: str, install: str):
    """The module; without it the test is skipped, or fails in CI, and says what to install."""
    try:
        return import_module(module)
    except ImportError:
        message = f"{module} is missing; pip install {install}"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message, allow_module_level=True)


def required_torch():
    """PyTorch, on one thread: the other core belongs to another test."""
    torch = required("torch", "torch==2.13.0")
    torch.set_num_threads(1)
    return torch
