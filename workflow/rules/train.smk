BLOCK = ("{run}", "{block}")
HISTORY = RESULTS.history(*BLOCK)
RECORDED = (HISTORY, RESULTS.probes(*BLOCK), RESULTS.kept(*BLOCK))


rule train:
    input:
        sources(PLAN.read_by_run, PLAN.digest_of_run, HISTORY),
    output:
        history=HISTORY,
        records=records(HISTORY),
    params:
        # As texts, as the metadata of the history has them.
        spec=lambda wildcards: PLAN.run(wildcards).to_yaml(),
        recording=lambda wildcards: PLAN.recording(wildcards).model_dump_json(),
        digest=PLAN.digest_of_run,
    log:
        RESULTS.log("train", *BLOCK),
    benchmark:
        RESULTS.benchmark("train", *BLOCK)
    wildcard_constraints:
        run=RUN,
    priority: PLAN.urgency
    threads: PLAN.threads
    resources:
        mem_mb=PLAN.training_mb,
        runtime=PLAN.training_minutes,
        gpu=PLAN.gpus,
    conda:
        "../envs/jobs.yaml"
    message:
        "Training {wildcards.run}, seeds {wildcards.block}"
    script:
        "../scripts/train.py"


use rule train as train_recording with:
    input:
        sources(PLAN.read_by_run, PLAN.digest_of_run, *RECORDED),
    output:
        history=HISTORY,
        probes=RESULTS.probes(*BLOCK),
        kept=RESULTS.kept(*BLOCK),
        records=records(*RECORDED),
    wildcard_constraints:
        run=RECORDING_RUN,
