DATASET = RESULTS.dataset("{dataset}")
SUBSET = ("{subset}", "{block}")


rule dataset:
    input:
        files=lambda wildcards: here(STUDY.datasets[wildcards.dataset].files()),
    output:
        images=DATASET.images,
        labels=DATASET.labels,
        card=DATASET.card,
        records=records(*DATASET.all),
    params:
        entry=lambda wildcards: STUDY.datasets[wildcards.dataset],
        digest=PLAN.digest_of_dataset,
    log:
        RESULTS.log("dataset", "{dataset}"),
    benchmark:
        RESULTS.benchmark("dataset", "{dataset}")
    priority: FIRST
    localrule: True
    resources:
        mem_mb=PLAN.dataset_mb,
        runtime=small_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Preparing the dataset {wildcards.dataset}"
    script:
        "../scripts/dataset.py"


rule subset:
    input:
        sources(PLAN.read_by_subset, PLAN.digest_of_subset, RESULTS.subset(*SUBSET)),
    output:
        RESULTS.subset(*SUBSET),
        records=records(RESULTS.subset(*SUBSET)),
    params:
        spec=lambda wildcards: STUDY.subsets[wildcards.subset].to_yaml(),
        digest=PLAN.digest_of_subset,
    log:
        RESULTS.log("subset", *SUBSET),
    benchmark:
        RESULTS.benchmark("subset", *SUBSET)
    priority: FIRST
    localrule: True
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Drawing the subsets {wildcards.subset} for seeds {wildcards.block}"
    script:
        "../scripts/subset.py"
