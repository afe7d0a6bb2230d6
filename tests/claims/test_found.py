"""Kinds of claims are found: what a file needs, and that one of your own is like a built-in one."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from overfit.claims.claim import KINDS, checked
from overfit.claims.kind import Test as Kind
from overfit.config.contract import ContractError

WORST = '''
from overfit.claims.kind import Minus
from overfit.claims.verdict import Direction
from overfit.config.names import Metric
class Worst(Minus):
    """The smallest difference of all seeds, from the first to the last."""
    worst: Metric
    """The metric."""
    expect: Direction
    """Where the claim expects it."""
    def sample(self, metrics):
        from overfit.claims.samples import differences
        return differences(metrics, self.metric, *self.spots())
    def judge(self, sample, confidence):
        from overfit.claims.samples import Finding
        return Finding(sample.min(), sample.min(), sample.max(), len(sample))
'''
USED = """
import json, sys
from overfit.claims import kinds
kinds.__path__.append(sys.argv[1])
from overfit.claims.claim import Claim
from overfit.claims.table import decide
from pydantic import TypeAdapter
from tests.metrics.tables import metric_table
test = {"worst": "gap", "of": "a", "minus": "b", "expect": "above", "margin": 0.01}
claim = Claim.model_validate({"id": "c", "says": "So.", "test": test})
metrics = metric_table({"a": [0.5, 0.6, 0.7, 0.6, 0.7], "b": [0.4] * 5})
schema = TypeAdapter(Claim).json_schema()
print(json.dumps({
    "row": decide((claim,), metrics).to_dict("records")[0],
    "words": claim.test.compares({"a": "A", "b": "B"}),
    "required": schema["$defs"]["Worst"]["required"],
}))
"""


def test_a_file_in_the_folder_is_decided_worded_and_in_the_schema(repository, tmp_path) -> None:
    (tmp_path / "worst.py").write_text(WORST)
    environment = os.environ | {"PYTHONPATH": f"{repository / 'workflow'}:{repository}"}
    command = [sys.executable, "-c", USED, str(tmp_path)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["row"]["kind"] == "worst"
    assert found["row"]["estimate"] == pytest.approx(0.1)
    assert (found["row"]["n"], found["row"]["verdict"]) == (5, "supported")
    assert found["words"] == "Gap: A minus B"
    assert set(found["required"]) == {"of", "margin", "worst", "expect"}


def test_reading_claims_loads_neither_pandas_nor_scipy(repository) -> None:
    code = "import sys, overfit.claims.claim; print({'pandas', 'scipy'} & {*sys.modules})"
    environment = os.environ | {"PYTHONPATH": str(repository / "workflow")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


def defined(name: str, text: str) -> type[Kind]:
    """The class of a file with this text."""
    module = types.ModuleType(name)
    exec(text, module.__dict__)  # noqa: S102, our own text
    return next(v for v in vars(module).values() if getattr(v, "__module__", "") == name)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("worst", "worst: Metric", "metrics: Metric", "Worst has no field worst, the key that "),
        ("worst", "def judge", "def search", "Worst has no judge; see overfit.claims.kind.Test"),
        ("worst", '"""The smallest difference of all seeds, from the first to the last."""',
         "", "Worst has no docstring, which the reference prints"),
        ("worst", "    expect:", "    place: str\n    expect:", "Worst has a field place, which "),
        ("margin", "worst:", "margin:", "margin is a key of every claim; rename the file"),
        ("versus", "worst:", "versus:", "versus is a key of interaction; rename the file"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Field name:UserWarning")
def test_a_file_that_is_no_kind_is_named_with_what_it_lacks(name, old, new, message) -> None:
    kind = defined(name, WORST.replace(old, new, 1))
    files = {known: Path(f"kinds/{known}.py") for known in (*KINDS, name)}
    with pytest.raises(ContractError, match=rf"kinds/{name}\.py: ") as caught:
        checked({**KINDS, name: kind}, files)
    assert message in str(caught.value)
