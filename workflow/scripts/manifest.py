"""List all results with their SHA-256 hashes, as an RO-Crate and for sha256sum."""

import json
from pathlib import Path

from overfit.jobs.logs import logged
from overfit.jobs.verify import manifest
from overfit.report.provenance import crate
from overfit.results import Results, write_json, write_text

with logged(snakemake.log[0]):
    results = Results.around(snakemake.output.manifest)
    files = [Path(path) for path in snakemake.input.results]
    provenance = json.loads(Path(snakemake.input.provenance).read_text(encoding="utf-8"))
    write_json(snakemake.output.crate, crate(provenance, results, files))
    text = manifest(results, [*files, Path(snakemake.output.crate)])
    write_text(snakemake.output.manifest, text)
