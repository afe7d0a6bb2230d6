"""Copy the README's figures from the results into this folder; run it by `make gallery`."""

import shutil
from pathlib import Path

HERE = Path(__file__).parent
EXPERIMENTS = HERE.parents[1] / "results" / "experiments"
FIGURES = {
    "regularizers.svg": "regularizers/figures/comparison.svg",
    "dropout.png": "dropout/figures/learning_curves.png",
    "batch_norm.png": "batch_norm/figures/weight_scale_panel.png",
}

for name, figure in FIGURES.items():
    shutil.copyfile(EXPERIMENTS / figure, HERE / name)
    print(f"{HERE.name}/{name}: {(HERE / name).stat().st_size // 1000} kB")
