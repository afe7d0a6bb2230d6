DATASET = RESULTS.dataset("{dataset}")
SUBSET = ("{subset}", "{block}")


localrules:
    dataset,
    subset,


rule dataset:
    input:
        files=lambda wildcards: here(STUDY.datasets[wildcards.dataset].files()),
    output:
        images=DATASET.images,
        labels=DATASET.labels,
        card=DATASET.card,
    log:
        RESULTS.log("dataset", "{dataset}"),
    benchmark:
        RESULTS.benchmark("dataset", "{dataset}")
    conda:
        "../../environment.yml"
    resources:
        mem_mb=PLAN.dataset_mb,
        runtime=small_minutes,
    params:
        entry=lambda wildcards: STUDY.datasets[wildcards.dataset],
        digest=PLAN.digest_of_dataset,
    message:
        "Preparing the dataset {wildcards.dataset}"
    script:
        "../scripts/dataset.py"


rule subset:
    input:
        dataset=PLAN.dataset_of_subset,
    output:
        RESULTS.subset(*SUBSET),
    log:
        RESULTS.log("subset", *SUBSET),
    benchmark:
        RESULTS.benchmark("subset", *SUBSET)
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    params:
        spec=lambda wildcards: STUDY.subsets[wildcards.subset].to_yaml(),
        digest=PLAN.digest("subset"),
    message:
        "Drawing the subsets {wildcards.subset} for seeds {wildcards.block}"
    script:
        "../scripts/subset.py"
