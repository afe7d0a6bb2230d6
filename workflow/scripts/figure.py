"""Draw one figure of an experiment as SVG and PNG."""

import json
from pathlib import Path

from overfit import figures
from overfit.jobs.logs import logged
from overfit.results import Results

with logged(snakemake.log[0]):
    plan = json.loads(snakemake.params.plan)
    [figure] = plan["figures"]
    drawn = figures.draw(plan, figure, Results.around(snakemake.output.svg).root)
    figures.save(drawn, Path(snakemake.output.svg).with_suffix(""))
