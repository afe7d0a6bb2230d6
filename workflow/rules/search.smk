TRIALS = ("{search}", "{method}", "{block}")
SEARCH = ("{search}", "{method}")


localrules:
    search_best,


rule search_trials:
    input:
        dataset=PLAN.dataset_of_search,
    output:
        RESULTS.trials(*TRIALS),
    log:
        RESULTS.log("search_trials", *TRIALS),
    benchmark:
        RESULTS.benchmark("search_trials", *TRIALS)
    conda:
        "../../environment.yml"
    resources:
        mem_mb=PLAN.training_mb,
        runtime=PLAN.training_minutes,
    params:
        spec=lambda wildcards: PLAN.search(wildcards).to_yaml(),
        digest=PLAN.digest_of_trials,
    message:
        "Searching {wildcards.search} ({wildcards.method}), trials {wildcards.block}"
    script:
        "../scripts/search_trials.py"


rule search_best:
    input:
        trials=PLAN.trials_of_search,
    output:
        RESULTS.best(*SEARCH),
    log:
        RESULTS.log("search_best", *SEARCH),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    params:
        spec=lambda wildcards: PLAN.search(wildcards).to_yaml(),
        digest=PLAN.digest("search_best"),
    message:
        "Choosing the best trial of {wildcards.search} ({wildcards.method})"
    script:
        "../scripts/search_best.py"
