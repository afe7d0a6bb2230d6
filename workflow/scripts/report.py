"""Render the report from the results."""

import json

from overfit.data.checked import content
from overfit.jobs import running
from overfit.report.page import render
from overfit.report.section import source_text
from overfit.results import Results, write_text

with running(snakemake):
    study = snakemake.params.study
    experiments = tuple(study.experiments.values())
    page = render(
        experiments,
        Results.around(snakemake.output[0]),
        json.loads(content(snakemake.input.provenance)),
        {experiment.name: source_text(experiment) for experiment in experiments},
        left_out=study.left_out,
    )
    write_text(snakemake.output[0], page)
