READ_BY_REPORT = (
    "dataset",
    "search_best",
    "summarize",
    "look",
    "figure",
    "gradient_check",
)
READ_BY_REPORT += ("claims", "all_claims", "provenance")


rule provenance:
    input:
        histories=PLAN.histories,
        records=records(*PLAN.histories),
    output:
        report(
            RESULTS.provenance,
            caption="../overfit/report/templates/provenance.rst",
            category="Overview",
            labels={"kind": "record", "name": "provenance"},
        ),
        records=records(RESULTS.provenance),
    params:
        root=os.path.relpath(PROJECT),
        # Functions, because Snakemake would treat {text} in plain values as a wildcard.
        inputs=lambda wildcards: INPUTS,
        study=lambda wildcards: STUDY,
        jobs=lambda wildcards: PLAN.trained,
        digest=PLAN.digest_of_provenance,
    log:
        RESULTS.log("provenance"),
    localrule: True
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Recording versions, machine and times"
    script:
        "../scripts/provenance.py"


rule report_page:
    input:
        claims=RESULTS.claims,
        provenance=RESULTS.provenance,
        tables=PLAN.outputs("summarize", "look", "claims"),
        figures=PLAN.outputs("figure", "gradient_check"),
        sources=PLAN.outputs("dataset", "search_best"),
        planes=PLAN.planes,
        records=[*PLAN.records(*READ_BY_REPORT), *records(*PLAN.planes)],
    output:
        report(
            RESULTS.report,
            caption="../overfit/report/templates/report.rst",
            category="Overview",
            labels={"kind": "page", "name": "report"},
        ),
        records=records(RESULTS.report),
    params:
        study=lambda wildcards: STUDY,
        digest=PLAN.digest_of_report,
    log:
        RESULTS.log("report_page"),
    localrule: True
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        f"Writing {RESULTS.report}"
    script:
        "../scripts/report.py"


rule manifest:
    input:
        provenance=RESULTS.provenance,
        results=PLAN.outputs(),
        records=PLAN.records(),
    output:
        manifest=RESULTS.manifest,
        crate=RESULTS.crate,
        records=records(RESULTS.manifest, RESULTS.crate),
    params:
        digest=PLAN.digest_of_manifest(),
    log:
        RESULTS.log("manifest"),
    localrule: True
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Listing the results with their SHA-256 hashes"
    script:
        "../scripts/manifest.py"


onerror:
    from overfit.report.incomplete import write_incomplete

    failed = write_incomplete(
        RESULTS.incomplete_report,
        root=PROJECT,
        experiments=list(STUDY.experiments.values()),
        config=STUDY.config.model_dump(mode="json"),
        inputs=INPUTS,
        left_out=STUDY.left_out,
        jobs=PLAN.jobs,
        trained=PLAN.trained,
    )
    print(failed, file=sys.stderr)


onsuccess:
    from overfit.report.failures import listed, undrawn

    RESULTS.incomplete_report.unlink(missing_ok=True)
    figures = [job for job in PLAN.jobs if job.rule == "figure"]
    if told := listed(undrawn(figures, RESULTS)):
        sys.exit(
            "\n".join(["Figures that can't be drawn, as the report says:", *told])
        )
