localrules:
    provenance,
    report_page,
    manifest,


rule provenance:
    input:
        histories=every_history(),
        inputs=every_input(),
    output:
        report(
            "results/provenance.json",
            caption="../overfit/report/templates/provenance.rst",
            category="Overview",
            labels={"kind": "record", "name": "provenance"},
        ),
    log:
        "results/logs/provenance.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    params:
        root=os.path.relpath(PROJECT),
        # Functions, since Snakemake looks for wildcards in plain text, and finds them in {text}.
        config=lambda wildcards: STUDY.config.model_dump_json(),
        experiments=lambda wildcards: tuple(STUDY.experiments.values()),
        benchmarks=json.dumps([benchmark_of(path) for path in every_history()]),
    message:
        "Recording versions, machine and times"
    script:
        "../scripts/provenance.py"


rule report_page:
    input:
        claims="results/claims.csv",
        provenance="results/provenance.json",
        summaries=every_summary(),
        curves=every_curve(),
        figures=every_figure(),
        gradients="results/gradient_check/gradient_check.svg",
        sources=every_source(),
        code=modules("report/**/*.py", "claims/**/*.py", "metrics/*.py"),
        templates=modules(
            "report/templates/*.html.j2",
            "report/templates/*.css",
            "report/templates/*.js",
        ),
    output:
        report(
            "results/report.html",
            caption="../overfit/report/templates/report.rst",
            category="Overview",
            labels={"kind": "page", "name": "report"},
        ),
    log:
        "results/logs/report_page.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    params:
        experiments=lambda wildcards: tuple(STUDY.experiments.values()),
        left_out=lambda wildcards: json.dumps(STUDY.left_out),
    message:
        "Writing results/report.html"
    script:
        "../scripts/report.py"


rule manifest:
    input:
        provenance="results/provenance.json",
        results=every_result(),
        code=modules("report/*.py", "manifest.py"),
    output:
        manifest="results/MANIFEST.sha256",
        crate="results/ro-crate-metadata.json",
    log:
        "results/logs/manifest.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    message:
        "Listing the results with their SHA-256"
    script:
        "../scripts/manifest.py"


INCOMPLETE = Path("results/report-incomplete.html")


onerror:
    from overfit.report.incomplete import write_incomplete

    trained = [*every_dataset(), *every_subset(), *every_history()]
    outputs = [*trained, *every_summary(), *every_figure()]
    failed = write_incomplete(
        INCOMPLETE,
        root=PROJECT,
        experiments=list(STUDY.experiments.values()),
        config=STUDY.config.model_dump(mode="json"),
        left_out=STUDY.left_out,
        histories=[Path(path) for path in every_history()],
        logs={output: log_of(output) for output in outputs},
    )
    print(failed, file=sys.stderr)


onsuccess:
    INCOMPLETE.unlink(missing_ok=True)
