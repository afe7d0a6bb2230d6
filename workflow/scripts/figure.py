"""Draw one figure of an experiment as SVG and PNG."""

from pathlib import Path

from overfit import figures
from overfit.jobs import running
from overfit.results import Results

with running(snakemake):
    experiment = snakemake.params.experiment
    [figure] = experiment.figures
    drawn = figures.draw_or_say(experiment, figure, Results.around(snakemake.output.svg))
    figures.save(drawn, Path(snakemake.output.svg).with_suffix(""))
