"""Draw one figure of an experiment as SVG and PNG."""

from pathlib import Path

from overfit import figures
from overfit.jobs.logs import logged
from overfit.results import Results

with logged(snakemake.log[0]):
    experiment = snakemake.params.experiment
    [figure] = experiment.figures
    drawn = figures.draw(experiment, figure, Results.around(snakemake.output.svg))
    figures.save(drawn, Path(snakemake.output.svg).with_suffix(""))
