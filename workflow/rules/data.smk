localrules:
    dataset,
    subset,


rule dataset:
    input:
        files=lambda wildcards: here(STUDY.datasets[wildcards.dataset].files()),
        code=modules("data/**/*.py"),
    output:
        images="results/datasets/{dataset}/images.npy",
        labels="results/datasets/{dataset}/labels.npy",
        card="results/datasets/{dataset}/card.json",
    log:
        "results/logs/dataset/{dataset}.log",
    benchmark:
        "results/benchmarks/dataset/{dataset}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=dataset_mb,
        runtime=small_minutes,
    params:
        entry=lambda wildcards: STUDY.datasets[wildcards.dataset].model_dump_json(),
    message:
        "Preparing the dataset {wildcards.dataset}"
    script:
        "../scripts/dataset.py"


rule subset:
    input:
        dataset=lambda wildcards: dataset_files(STUDY.subsets[wildcards.subset].dataset),
        code=modules("data/*.py", "streams.py"),
    output:
        "results/subsets/{subset}/{block}.npz",
    log:
        "results/logs/subset/{subset}/{block}.log",
    benchmark:
        "results/benchmarks/subset/{subset}/{block}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    params:
        spec=lambda wildcards: STUDY.subsets[wildcards.subset].to_yaml(),
    message:
        "Drawing the subsets {wildcards.subset} for seeds {wildcards.block}"
    script:
        "../scripts/subset.py"
