localrules:
    claims,
    all_claims,


rule summarize:
    input:
        histories=lambda wildcards: histories(wildcards.experiment),
        probes=lambda wildcards: probes(wildcards.experiment),
        trials=repeated_trials,
        code=modules("metrics/*.py", "config/metrics.py", "config/matched.py"),
    output:
        metrics="results/experiments/{experiment}/metrics.csv",
        curves="results/experiments/{experiment}/curves.parquet",
        summary=report(
            "results/experiments/{experiment}/summary.csv",
            caption="../overfit/report/templates/summary.rst",
            category="{experiment}",
            labels={"kind": "table", "name": "summary"},
        ),
    log:
        "results/logs/summarize/{experiment}.log",
    benchmark:
        "results/benchmarks/summarize/{experiment}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=table_resource(needs.table_mb),
        runtime=table_resource(needs.table_minutes),
    params:
        plan=plan_json,
    message:
        "Summarizing {wildcards.experiment}"
    script:
        "../scripts/summarize.py"


rule claims:
    input:
        metrics="results/experiments/{experiment}/metrics.csv",
        code=modules("claims/**/*.py", "metrics/*.py"),
    output:
        report(
            "results/experiments/{experiment}/claims.csv",
            caption="../overfit/report/templates/claims.rst",
            category="{experiment}",
            labels={"kind": "table", "name": "claims"},
        ),
    log:
        "results/logs/claims/{experiment}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    params:
        claims=claims_of,
    message:
        "Deciding the claims of {wildcards.experiment}"
    script:
        "../scripts/claims.py"


rule all_claims:
    input:
        claims=expand(
            "results/experiments/{experiment}/claims.csv", experiment=STUDY.experiments
        ),
        code=modules("claims/**/*.py"),
    output:
        report(
            "results/claims.csv",
            caption="../overfit/report/templates/claims.rst",
            category="Overview",
            labels={"kind": "table", "name": "all claims"},
        ),
    log:
        "results/logs/all_claims.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    params:
        correction=STUDY.config.correction,
    message:
        "Adjusting the claims of all experiments for their number"
    script:
        "../scripts/all_claims.py"


rule figure:
    input:
        results=figure_results,
        code=modules("figures/**/*.py", "claims/**/*.py", "metrics/*.py"),
    output:
        svg=report(
            "results/experiments/{experiment}/figures/{figure}.svg",
            caption="../overfit/report/templates/figure.rst",
            category="{experiment}",
            labels=figure_labels,
        ),
        png="results/experiments/{experiment}/figures/{figure}.png",
    log:
        "results/logs/figure/{experiment}/{figure}.log",
    benchmark:
        "results/benchmarks/figure/{experiment}/{figure}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=table_resource(needs.table_mb),
        runtime=table_resource(needs.table_minutes),
    params:
        plan=figure_json,
    message:
        "Drawing {wildcards.figure} of {wildcards.experiment}"
    script:
        "../scripts/figure.py"
