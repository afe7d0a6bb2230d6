"""Copy figures for the README and the docs from the results, and take a picture of the report.

`make gallery` runs it. The picture needs Debian's chromium.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "results"
FIGURES = {
    "regularizers.svg": "experiments/regularizers/figures/paired_differences.svg",
    "batch_norm.png": "experiments/batch_norm_init/figures/weight_scale_panel.png",
    "gradient_check.png": "gradient_check/gradient_check.png",
}
PICTURE = HERE / "report.png"
WIDTH, HEIGHT, SCALE = 1200, 900, 1.5
SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]


def picture() -> None:
    """Take a picture of the first screen of the report."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit(f"{PICTURE.name} needs chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        taken = Path(folder) / "taken.png"
        size = [f"--window-size={WIDTH},{HEIGHT}", f"--force-device-scale-factor={SCALE}"]
        page = (RESULTS / "report.html").resolve().as_uri()
        command = [chromium, *SWITCHES, *size, f"--screenshot={taken}", page]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own page
        with Image.open(taken) as shown:
            small = shown.convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE)
            small.save(PICTURE, optimize=True)


if __name__ == "__main__":
    for name, figure in FIGURES.items():
        shutil.copyfile(RESULTS / figure, HERE / name)
    picture()
    for name in (*FIGURES, PICTURE.name):
        print(f"{HERE.name}/{name}: {(HERE / name).stat().st_size // 1000} kB")
