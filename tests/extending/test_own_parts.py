"""A new file is a new part: found, checked, documented, trained and drawn, with nothing edited."""

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from tests.extending.examples import PACKAGE, add_to
from tests.workflow.conftest import copy_checkout

pytestmark = pytest.mark.xdist_group("own_parts")

EXPERIMENT = "results/experiments/own_parts"
TARGETS = [f"{EXPERIMENT}/claims.csv", f"{EXPERIMENT}/summary.csv"]
TARGETS += [f"{EXPERIMENT}/figures/{kind}.svg" for kind in ("learning_curves", "distribution")]
ONLY = ["--config", "experiments=[own_parts]", "seeds=3", "--", *TARGETS]


def python(project, code):
    """Run Python with the package of a project; what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": "workflow"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def own(repository, tmp_path_factory):
    """A checkout with the files of the how-to page, in which their experiment has run."""
    made = copy_checkout(repository, tmp_path_factory.mktemp("own"), only=["overfit"])
    add_to(made.folder)
    made.run("--cores", "2", *ONLY)
    return made


def test_an_experiment_trains_with_them_and_gets_its_verdict(own):
    claims = pd.read_csv(own.folder / TARGETS[0])
    assert set(claims["metric"]) == {"mean_margin"}
    assert list(claims["kind"]) == ["difference", "median"]
    assert claims["verdict"][0] in ("supported", "contradicted", "negligible", "inconclusive")
    assert claims["verdict"][1] == "inconclusive"  # three seeds are too few
    summary = pd.read_csv(own.folder / TARGETS[1])
    margins = summary[summary["metric"] == "mean_margin"]
    assert list(margins["variant"]) == ["baseline", "noise", "cauchy"]
    assert margins["mean"].nunique() == 3
    assert (summary["diverged"] == 0).all()


def test_runs_are_called_after_them(own):
    names = sorted(path.name[:-9] for path in (own.folder / "results/runs").iterdir())
    assert names == [
        "digits-n60-2x20-swish-cauchy-lion",
        "digits-n60-2x20-swish-gaussian_noise-lion",
        "digits-n60-2x20-swish-lion",
    ]


def test_the_figure_is_drawn_and_worded(own):
    svg = own.folder / EXPERIMENT / "figures" / "distribution.svg"
    assert svg.stat().st_size > 5000
    words = python(
        own,
        "import yaml; from pathlib import Path; from overfit import figures\n"
        "from overfit.config.study import load_study\n"
        "config = yaml.safe_load(Path('config/config.yaml').read_text())\n"
        "experiment = load_study(config, root=Path()).experiments['own_parts']\n"
        "(figure,) = [one for one in experiment.figures if one.key == 'distribution']\n"
        "print(figures.caption(experiment, figure))\n"
        "import sys; assert 'matplotlib' not in sys.modules",
    )
    assert words.startswith("Distribution of the mean margin over 6 seeds")


def test_the_report_draws_them_in_their_places(own):
    chips = python(
        own,
        "import yaml; from pathlib import Path\n"
        "from overfit.config.study import load_study\n"
        "from overfit.report.diagram import diagram\n"
        "from overfit.results import Results\n"
        "config = yaml.safe_load(Path('config/config.yaml').read_text())\n"
        "experiment = load_study(config, root=Path()).experiments['own_parts']\n"
        "for chip in diagram(experiment, Results(Path('results'))).chips: print(chip.name)",
    )
    assert chips.splitlines() == [
        "weights, initially He",
        "cauchy penalty strength 0.001, scale 0.3",
        "swish",
        "gaussian noise std 0.2, kind additive",
        "softmax and cross-entropy",
    ]


def test_reference_and_schema_have_them(own):
    generator = own.folder / "docs/reference/make.py"
    subprocess.run([sys.executable, generator], check=True)
    reference = (own.folder / "config/README.md").read_text()
    for row in (
        "| `swish` | x / (1 + exp(-beta x)): smooth, and negative for negative x. |",
        "| `beta` | `swish` | number above 0, at most 100 | `1.0` | Sharpness of the bend: near 0",
        "### `gaussian_noise`\n\nAdds normal noise to the outputs of each hidden layer",
        "| `std` | number at least 0, at most 100 | required | Standard deviation of the noise. |",
        "| `cauchy` | mapping or `null` |  | Adds strength times the sum of",
        "| `strength` | number at least 0, at most 1000000 | required | The factor before the sum.",
        "| `lion` | Steps of constant size along the signs of a moving average of gradients. |",
        "list of `activations`, `calibration`, `classes`, `effective_lr`, `gradients`, `margins`, "
        "`plane`, `running_statistics`, `weights`",
        "| `latin` | A Latin hypercube: each of n equal parts of each range contains one of the n",
        "### `text`\n\nNumbers in a text file, separated by spaces",
        "### `distribution`\n\nHow a metric is distributed over the seeds",
        "#### `median`\n\nThe median difference between two variants, seed by seed.",
    ):
        assert row in reference, row
    schema = json.loads((own.folder / "workflow/schemas/experiment.schema.json").read_text())
    (trained,) = schema["allOf"]
    axes = trained["else"]["properties"]["grid"]["propertyNames"]["enum"]
    assert {"model.activation.beta", "gaussian_noise.std", "penalty.cauchy.scale"} <= set(axes)
    median = schema["$defs"]["Median"]
    assert {"median", "of", "expect", "margin"} <= set(median["required"])
    lion = schema["$defs"]["Lion"]["properties"]
    assert lion["name"] == {"const": "lion", "type": "string"}
    assert "gaussian_noise" in schema["$defs"]["Variant"]["properties"]


def test_the_gradient_check_includes_them(own):
    found = python(
        own,
        "from overfit.jobs.gradients import PARTS, gradient_errors\n"
        "own = [part for part in PARTS if part.name in ('Swish', 'Gaussian noise', 'Cauchy')]\n"
        "table = gradient_errors(own, steps=[1e-5])\n"
        "print(*table['kind'], table['relative_error'].max() < 1e-6)",
    )
    assert set(found.split()) == {"layer", "penalty", "True"}


MISTAKES = [
    ("beta: 2.0", "beta: -1.0", "model.activation.beta: must be above 0, but is -1.0"),
    ("name: swish", "name: swisch", "unknown activation 'swisch'; did you mean swish?"),
    ("{std: 0.2}", "true", "gaussian_noise: must be a mapping, but is true"),
    ("{std: 0.2}", "{std: 0.2, kind: x}", "unknown value 'x'; allowed: additive, multiplicative"),
    ("gaussian_noise", "gaussian_noize", "unknown key; did you mean gaussian_noise?"),
    ("scale: 0.3", "scal: 0.3", "penalty.cauchy.scal: unknown key; did you mean scale?"),
    ("lr: 0.003", "lr: 0.003, beta1: 1.0", "train.optimizer.beta1: must be below 1, but is 1.0"),
    ("[margins]", "[margin]", "unknown value 'margin'; did you mean margins?"),
    (
        "metric: mean_margin}",
        "metric: margins.mean_margin.1}",
        "'margins.mean_margin.1' is called mean_margin",
    ),
    ("kind: distribution", "kind: distributon", "did you mean distribution?"),
    ("{median:", "{medain:", "no kind of test; did you mean median?"),
]


def test_their_mistakes_are_explained_as_all_others(own):
    code = f"""
import json, yaml
from pathlib import Path
from overfit.config.problems import ConfigurationError
from overfit.config.study import load_study
config = yaml.safe_load(Path("config/config.yaml").read_text()) | {{"experiments": ["own_parts"]}}
file = Path("config/experiments/own_parts.yaml")
right, said = file.read_text(), []
for old, new, _ in {MISTAKES!r}:
    assert old in right, old
    file.write_text(right.replace(old, new, 1))
    try:
        load_study(config, root=Path(), config_files=[Path("config/config.yaml")])
        said.append("nothing")
    except ConfigurationError as error:
        said.append(str(error))
file.write_text(right)
print(json.dumps(said))
"""
    said = json.loads(python(own, code))
    for (old, new, message), found in zip(MISTAKES, said, strict=True):
        assert message in found, (old, new)
        assert found.startswith("config/experiments/own_parts.yaml:")


def test_a_broken_file_is_one_line_before_any_job(own):
    broken = own.folder / PACKAGE / "nn" / "penalties" / "broken.py"
    broken.write_text("from dataclasses import dataclass\n\nPART = Penalty\n")
    printed = own.run("-n", *ONLY, ok=False)
    broken.unlink()
    place = "workflow/overfit/nn/penalties/broken.py:3"
    (line,) = [line for line in printed.splitlines() if "broken" in line]
    assert line == f"{place}: can't be used: NameError: name 'Penalty' is not defined"
    assert "Traceback" not in printed


def test_other_new_files_train_nothing_and_a_change_retrains_its_own_runs(own):
    parts = own.folder / PACKAGE / "nn"
    other = parts / "activations" / "other.py"
    other.write_text((parts / "activations" / "swish.py").read_text())
    assert "train_recording" not in own.planned(*ONLY)
    other.unlink()
    cauchy = parts / "penalties" / "cauchy.py"
    cauchy.write_text(cauchy.read_text() + "\n# a change\n")
    assert own.planned(*ONLY)["train_recording"] == 1
