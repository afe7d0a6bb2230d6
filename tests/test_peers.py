import sys

import pytest

from tests.peers import required


def test_a_missing_peer_is_skipped_and_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="torch is missing; pip install torch==2.13.0"):
        required("torch", "torch==2.13.0")


def test_a_missing_peer_is_a_failure_in_ci(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="pip install torch==2.13.0"):
        required("torch", "torch==2.13.0")
