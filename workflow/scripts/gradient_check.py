"""Check every gradient of the core and write the errors as a table and a figure."""

from pathlib import Path

from overfit import figures
from overfit.figures.gradient_check import draw
from overfit.jobs import gradients, running
from overfit.metrics.tables import write_table

with running(snakemake):
    errors = gradients.gradient_errors()
    write_table(errors, snakemake.output.table)
    figures.save(draw(errors), Path(snakemake.output.svg).with_suffix(""))
