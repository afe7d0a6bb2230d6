"""Render the report from the results."""

import json
from pathlib import Path

from overfit.jobs.logs import logged
from overfit.report.page import render
from overfit.report.section import source_text
from overfit.results import Results, write_text

with logged(snakemake.log[0]):
    experiments = snakemake.params.experiments
    page = render(
        experiments,
        Results(Path(snakemake.output[0]).parent),
        json.loads(Path(snakemake.input.provenance).read_text(encoding="utf-8")),
        {experiment.name: source_text(experiment) for experiment in experiments},
        left_out=json.loads(snakemake.params.left_out),
    )
    write_text(snakemake.output[0], page)
