"""Draw one figure of an experiment as SVG and PNG."""

import json
from pathlib import Path

from overfit import figures
from overfit.jobs.logs import logged

with logged(snakemake.log[0]):
    plan = json.loads(snakemake.params.plan)
    [figure] = plan["figures"]
    results = Path(snakemake.output.svg).parents[3]
    drawn = figures.draw(plan, figure, results)
    figures.save(drawn, Path(snakemake.output.svg).with_suffix(""))
