EXPERIMENT = RESULTS.experiment("{experiment}")
FIGURE = ("{experiment}", "{figure}")


rule summarize:
    input:
        unpack(PLAN.read_by_tables),
        measured=lambda wildcards: here(PLAN.measured_by(wildcards)),
    output:
        metrics=EXPERIMENT.metrics,
        curves=EXPERIMENT.curves,
        summary=report(
            EXPERIMENT.summary,
            caption="../overfit/report/templates/summary.rst",
            category="{experiment}",
            labels={"kind": "table", "name": "summary"},
        ),
        records=records(EXPERIMENT.metrics, EXPERIMENT.curves, EXPERIMENT.summary),
    params:
        experiment=PLAN.tables,
        digest=PLAN.digest_of_tables,
    log:
        RESULTS.log("summarize", "{experiment}"),
    benchmark:
        RESULTS.benchmark("summarize", "{experiment}")
    priority: FIRST
    resources:
        mem_mb=PLAN.table_mb,
        runtime=PLAN.table_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Summarizing {wildcards.experiment}"
    script:
        "../scripts/summarize.py"


rule look:
    input:
        unpack(PLAN.read_by_look),
    output:
        metrics=EXPERIMENT.look("{seeds}"),
        records=records(EXPERIMENT.look("{seeds}")),
    params:
        experiment=PLAN.look,
        digest=PLAN.digest_of_look,
    log:
        RESULTS.log("look", "{experiment}", "{seeds}"),
    benchmark:
        RESULTS.benchmark("look", "{experiment}", "{seeds}")
    resources:
        mem_mb=PLAN.table_mb,
        runtime=PLAN.table_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Measuring {wildcards.seeds} seeds for undecided claims of {wildcards.experiment}"
    script:
        "../scripts/look.py"


rule claims:
    input:
        metrics=EXPERIMENT.metrics,
        looks=PLAN.read_by_claims,
        trained=PLAN.read_by_status,
        records=lambda wildcards: records(
            RESULTS.experiment(wildcards.experiment).metrics,
            *PLAN.read_by_claims(wildcards),
        ),
    output:
        claims=report(
            EXPERIMENT.claims,
            caption="../overfit/report/templates/claims.rst",
            category="{experiment}",
            labels={"kind": "table", "name": "claims"},
        ),
        looks=EXPERIMENT.looks,
        records=records(EXPERIMENT.claims, EXPERIMENT.looks),
    params:
        claims=PLAN.claims,
        grid=PLAN.grid,
        looks=PLAN.looks,
        registered=PLAN.registered,
        digest=PLAN.digest_of_claims,
    log:
        RESULTS.log("claims", "{experiment}"),
    priority: FIRST
    localrule: True
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Deciding the claims of {wildcards.experiment}"
    script:
        "../scripts/claims.py"


rule all_claims:
    input:
        claims=PLAN.verdicts,
        records=records(*PLAN.verdicts),
    output:
        report(
            RESULTS.claims,
            caption="../overfit/report/templates/claims.rst",
            category="Overview",
            labels={"kind": "table", "name": "all claims"},
        ),
        records=records(RESULTS.claims),
    params:
        correction=STUDY.config.correction,
        families=STUDY.families(),
        digest=PLAN.digest_of_all_claims(),
    log:
        RESULTS.log("all_claims"),
    localrule: True
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Adjusting the claims of all experiments for multiple testing"
    script:
        "../scripts/all_claims.py"


rule figure:
    input:
        results=PLAN.read_by_figure,
        measured=lambda wildcards: here(PLAN.measured_by(wildcards)),
    output:
        svg=report(
            EXPERIMENT.figure("{figure}", "svg"),
            caption="../overfit/report/templates/figure.rst",
            category="{experiment}",
            labels=PLAN.labels,
        ),
        png=EXPERIMENT.figure("{figure}", "png"),
        records=records(
            EXPERIMENT.figure("{figure}", "svg"), EXPERIMENT.figure("{figure}", "png")
        ),
    params:
        experiment=PLAN.drawn,
        digest=PLAN.digest_of_figure,
    log:
        RESULTS.log("figure", *FIGURE),
    benchmark:
        RESULTS.benchmark("figure", *FIGURE)
    priority: FIRST
    resources:
        mem_mb=PLAN.table_mb,
        runtime=PLAN.table_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Drawing {wildcards.figure} of {wildcards.experiment}"
    script:
        "../scripts/figure.py"
