TRIALS = ("{search}", "{method}", "{block}")
SEARCH = ("{search}", "{method}")


localrules:
    search_best,


rule search_trials:
    input:
        sources(PLAN.read_by_trials, PLAN.digest_of_trials, RESULTS.trials(*TRIALS)),
    output:
        RESULTS.trials(*TRIALS),
        records=records(RESULTS.trials(*TRIALS)),
    params:
        spec=lambda wildcards: PLAN.search(wildcards).to_yaml(),
        digest=PLAN.digest_of_trials,
    log:
        RESULTS.log("search_trials", *TRIALS),
    benchmark:
        RESULTS.benchmark("search_trials", *TRIALS)
    priority: PLAN.urgency
    resources:
        mem_mb=PLAN.training_mb,
        runtime=PLAN.training_minutes,
    conda:
        "../../environment.yml"
    message:
        "Searching {wildcards.search} ({wildcards.method}), trials {wildcards.block}"
    script:
        "../scripts/search_trials.py"


rule search_best:
    input:
        sources(PLAN.read_by_best, PLAN.digest_of_best, RESULTS.best(*SEARCH)),
    output:
        RESULTS.best(*SEARCH),
        records=records(RESULTS.best(*SEARCH)),
    params:
        spec=lambda wildcards: PLAN.search(wildcards).to_yaml(),
        digest=PLAN.digest_of_best,
    log:
        RESULTS.log("search_best", *SEARCH),
    priority: FIRST
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    conda:
        "../../environment.yml"
    message:
        "Choosing the best trial of {wildcards.search} ({wildcards.method})"
    script:
        "../scripts/search_best.py"
