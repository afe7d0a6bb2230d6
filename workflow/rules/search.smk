TRIALS = ("{search}", "{method}", "{block}")
BEST = ("{search}", "{method}", "{best}")


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
    threads: PLAN.threads
    resources:
        mem_mb=PLAN.training_mb,
        runtime=PLAN.training_minutes,
        gpu=PLAN.gpus,
    conda:
        "../envs/jobs.yaml"
    message:
        "Searching {wildcards.search} ({wildcards.method}), trials {wildcards.block}"
    script:
        "../scripts/search_trials.py"


rule search_best:
    input:
        sources(PLAN.read_by_best, PLAN.digest_of_best, RESULTS.best(*BEST)),
    output:
        RESULTS.best(*BEST),
        records=records(RESULTS.best(*BEST)),
    params:
        spec=lambda wildcards: PLAN.search(wildcards).to_yaml(),
        digest=PLAN.digest_of_best,
    log:
        RESULTS.log("search_best", *BEST),
    priority: FIRST
    localrule: True
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Choosing the best trials of {wildcards.search} ({wildcards.method}): {wildcards.best}"
    script:
        "../scripts/search_best.py"
