"""List all results with their SHA-256 hashes, as an RO-Crate and for sha256sum."""

from pathlib import Path

from overfit.data.checked import vouched
from overfit.jobs import running
from overfit.jobs.verify import manifest
from overfit.report.provenance import crate, read_provenance
from overfit.results import Results, write_json, write_text

with running(snakemake):
    results = Results.around(snakemake.output.manifest)
    files = {Path(path): vouched(Path(path)) for path in snakemake.input.results}
    provenance = read_provenance(Path(snakemake.input.provenance))
    write_json(snakemake.output.crate, crate(provenance, results, files))
    files[results.crate] = vouched(results.crate)
    write_text(snakemake.output.manifest, manifest(results, files))
