"""Copy figures for the README and the docs from the results; `make gallery` runs it."""

import shutil
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "results"
FIGURES = {
    "regularizers.svg": "experiments/regularizers/figures/comparison.svg",
    "batch_norm.png": "experiments/batch_norm_init/figures/weight_scale_panel.png",
    "gradient_check.png": "gradient_check/gradient_check.png",
}

for name, figure in FIGURES.items():
    shutil.copyfile(RESULTS / figure, HERE / name)
    print(f"{HERE.name}/{name}: {(HERE / name).stat().st_size // 1000} kB")
