"""Render the report from the results."""

from pathlib import Path

from overfit.data.checked import whole
from overfit.jobs import running
from overfit.report.page import render
from overfit.report.provenance import read_provenance
from overfit.results import Results, write_text

with running(snakemake):
    study = snakemake.params.study
    page = render(
        tuple(study.experiments.values()),
        Results.around(snakemake.output[0]),
        whole(Path(snakemake.input.provenance), read_provenance),
        study.config.topics,
        left_out=study.left_out,
    )
    write_text(snakemake.output[0], page)
