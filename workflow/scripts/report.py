"""Render the report from the results."""

import json
from pathlib import Path

from overfit.jobs.logs import logged
from overfit.report.page import render
from overfit.report.section import source_text
from overfit.results import Results, write_text

with logged(snakemake.log[0]):
    study = snakemake.params.study
    experiments = tuple(study.experiments.values())
    page = render(
        experiments,
        Results.around(snakemake.output[0]),
        json.loads(Path(snakemake.input.provenance).read_text(encoding="utf-8")),
        {experiment.name: source_text(experiment) for experiment in experiments},
        left_out=study.left_out,
    )
    write_text(snakemake.output[0], page)
