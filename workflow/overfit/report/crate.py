"""The results as a research object: an RO-Crate that says what was made of what, and how.

The crate follows the profile Process Run Crate: one action, whose objects are the inputs, whose
instruments are the packages, and whose results are the files of the results folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.softwareapplication import SoftwareApplication
from rocrate.rocrate import ROCrate

from overfit.jobs.manifest import sha256
from overfit.report.provenance import Provenance

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"


def crate(provenance: Provenance, results: Path, paths: Iterable[Path]) -> dict[str, Any]:
    """The content of `ro-crate-metadata.json`.

    Args:
        provenance: what `overfit.report.collect` returned.
        results: the folder of results, which is the crate.
        paths: its files.
    """
    made = ROCrate()
    made.name = "overfit: results"
    made.description = "Histories, tables, figures, verdicts and report of a study of overfitting"
    made.license = "https://spdx.org/licenses/MIT"
    made.datePublished = provenance["time"]["finished"]
    made.root_dataset["conformsTo"] = {"@id": PROFILE}
    files = [
        made.add_file(
            path,
            dest_path=path.relative_to(results).as_posix(),
            properties={"sha256": sha256(path), "contentSize": path.stat().st_size},
        )
        for path in sorted(paths)
    ]
    inputs = [
        made.add(
            ContextEntity(
                made,
                f"#input/{name}",
                properties={"@type": "CreativeWork", "name": name, "sha256": digest},
            )
        )
        for name, digest in provenance["inputs"].items()
    ]
    code = provenance["code"]
    versions = {"overfit": code["version"], "Python": code["python"], **code["packages"]}
    software = [
        made.add(
            SoftwareApplication(
                made, f"#software/{name}", properties={"name": name, "softwareVersion": version}
            )
        )
        for name, version in versions.items()
        if version
    ]
    machine = provenance["machine"]
    made.root_dataset["mentions"] = made.add(
        ContextEntity(
            made,
            "#run",
            properties={
                "@type": "CreateAction",
                "name": "The workflow",
                "description": f"commit {code['commit']}; {machine['cpu']}, {machine['cores']} "
                f"logical processors, {machine['memory_mb']} MB; {machine['system']}; "
                f"{machine['blas']}, kernel {machine['kernel']}",
                "startTime": provenance["time"]["started"],
                "endTime": provenance["time"]["finished"],
                "object": [{"@id": one.id} for one in inputs],
                "instrument": [{"@id": one.id} for one in software],
                "result": [{"@id": one.id} for one in files],
            },
        )
    )
    return dict(made.metadata.generate())
