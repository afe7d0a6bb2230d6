"""Reduce an experiment's histories to metrics for each seed, and their summary over seeds."""

import json
from pathlib import Path

from overfit import analysis
from overfit.logs import logged

with logged(snakemake.log[0]):
    plan = json.loads(snakemake.params.plan)
    results = Path("results")
    histories = analysis.read_histories(plan, results)
    metrics = analysis.metrics(histories)
    if plan["probes"]:
        metrics = analysis.with_probes(metrics, analysis.read_probes(plan, results))
    if names := plan["matched"]:
        quantities = {name.split(".")[1] for name in names if "." in name.partition("@")[0]}
        curves = analysis.read_probe_curves(plan, results, quantities) if quantities else None
        metrics = analysis.with_matched(metrics, names, histories, curves)
    if names := plan["search_metrics"]:
        trials = {v: analysis.read_trials(plan, v, results) for v in plan["searches"]}
        metrics = analysis.with_repeats(metrics, names, plan, trials)
    analysis.write_metrics(metrics, snakemake.output.metrics)
    analysis.write_table(analysis.summarize(metrics), snakemake.output.summary)
