"""Render the report from the results."""

import json
from pathlib import Path

from overfit.jobs.logs import logged
from overfit.report.page import render
from overfit.report.section import source_text
from overfit.results import write_text

with logged(snakemake.log[0]):
    plans = json.loads(snakemake.params.plans)
    page = render(
        plans,
        Path(snakemake.output[0]).parent,
        json.loads(Path(snakemake.input.provenance).read_text(encoding="utf-8")),
        {plan["experiment"]: source_text(plan) for plan in plans},
        left_out=json.loads(snakemake.params.left_out),
    )
    write_text(snakemake.output[0], page)
