"""Compute metrics per seed, their summary and mean curves from the histories of an experiment."""

from overfit.jobs.logs import logged
from overfit.metrics.histories import read_histories, write_metrics
from overfit.metrics.measuring import measured
from overfit.metrics.summary import curves, summarize, write_curves, write_table
from overfit.results import Results

with logged(snakemake.log[0]):
    experiment, results = snakemake.params.experiment, Results.around(snakemake.output.metrics)
    histories = read_histories(experiment, results)
    metrics = measured(experiment, results, histories)
    write_curves(curves(histories), snakemake.output.curves)
    write_metrics(metrics, snakemake.output.metrics)
    write_table(summarize(metrics), snakemake.output.summary)
