localrules:
    run_spec,


rule run_spec:
    output:
        "results/runs/{run}/spec.yaml",
    log:
        "results/logs/run_spec/{run}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    params:
        text=lambda wildcards: STUDY.runs[wildcards.run].to_yaml(),
    message:
        "Writing down the run {wildcards.run}"
    shell:
        "printf %s {params.text:q} > {output:q} 2> {log:q}"


rule train:
    input:
        spec="results/runs/{run}/spec.yaml",
        dataset=lambda wildcards: dataset_files(
            STUDY.runs[wildcards.run].settings.data.dataset
        ),
        subset=lambda wildcards: (
            f"results/subsets/{STUDY.runs[wildcards.run].subset_id}/{wildcards.block}.npz"
        ),
        best=searched_best,
        code=training_code,
    output:
        history="results/runs/{run}/{block}.parquet",
    log:
        "results/logs/train/{run}/{block}.log",
    benchmark:
        "results/benchmarks/train/{run}/{block}.tsv"
    wildcard_constraints:
        run=RUN,
    conda:
        "../../environment.yml"
    resources:
        mem_mb=training_resource(needs.training_mb),
        runtime=training_resource(needs.training_minutes),
    message:
        "Training {wildcards.run}, seeds {wildcards.block}"
    script:
        "../scripts/train.py"


use rule train as train_recording with:
    output:
        history="results/runs/{run}/{block}.parquet",
        probes="results/runs/{run}/{block}.probes.parquet",
        kept="results/runs/{run}/{block}.npz",
    wildcard_constraints:
        run=RECORDING_RUN,
