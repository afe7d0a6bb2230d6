BLOCK = ("{run}", "{block}")


rule train:
    input:
        dataset=PLAN.dataset_of_run,
        subset=PLAN.subset_of_run,
        best=PLAN.best_of_run,
    output:
        history=RESULTS.history(*BLOCK),
    params:
        # As text, because unpickling would load NumPy before the script has configured BLAS.
        spec=lambda wildcards: PLAN.run(wildcards).to_yaml(),
        digest=PLAN.digest_of_run,
    log:
        RESULTS.log("train", *BLOCK),
    benchmark:
        RESULTS.benchmark("train", *BLOCK)
    wildcard_constraints:
        run=RUN,
    resources:
        mem_mb=PLAN.training_mb,
        runtime=PLAN.training_minutes,
    conda:
        "../../environment.yml"
    message:
        "Training {wildcards.run}, seeds {wildcards.block}"
    script:
        "../scripts/train.py"


use rule train as train_recording with:
    output:
        history=RESULTS.history(*BLOCK),
        probes=RESULTS.probes(*BLOCK),
        kept=RESULTS.kept(*BLOCK),
    wildcard_constraints:
        run=RECORDING_RUN,
