localrules:
    search_spec,
    search_best,


rule search_spec:
    output:
        "results/searches/{search}/{method}/spec.yaml",
    log:
        "results/logs/search_spec/{search}/{method}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    params:
        text=lambda wildcards: STUDY.searches[
            wildcards.search, wildcards.method
        ].to_yaml(),
    message:
        "Writing down the search {wildcards.search}"
    shell:
        "printf %s {params.text:q} > {output:q} 2> {log:q}"


rule search_trials:
    input:
        spec="results/searches/{search}/{method}/spec.yaml",
        dataset=lambda wildcards: dataset_files(
            STUDY.searches[wildcards.search, wildcards.method].settings.data.dataset
        ),
        code=search_code,
    output:
        "results/searches/{search}/{method}/{block}.parquet",
    log:
        "results/logs/search_trials/{search}/{method}/{block}.log",
    benchmark:
        "results/benchmarks/search_trials/{search}/{method}/{block}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=training_resource(needs.training_mb),
        runtime=training_resource(needs.training_minutes),
    message:
        "Searching {wildcards.search} ({wildcards.method}), trials {wildcards.block}"
    script:
        "../scripts/search_trials.py"


rule search_best:
    input:
        spec="results/searches/{search}/{method}/spec.yaml",
        trials=trial_blocks,
        code=modules("jobs/searching.py", "search/trials.py", "metrics/trials.py"),
    output:
        "results/searches/{search}/{method}/best.yaml",
    log:
        "results/logs/search_best/{search}/{method}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    message:
        "Choosing the best trial of {wildcards.search} ({wildcards.method})"
    script:
        "../scripts/search_best.py"
