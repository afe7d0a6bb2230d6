localrules:
    gradient_check,


rule gradient_check:
    input:
        code=modules("nn/*.py", "parts/**/*.py", "gradients/*.py", "figures/*.py"),
    output:
        table="results/gradient_check/errors.csv",
        svg=report(
            "results/gradient_check/gradient_check.svg",
            caption="../overfit/report/templates/gradient_check.rst",
            category="Overview",
            labels={"kind": "figure", "name": "gradient check"},
        ),
        png="results/gradient_check/gradient_check.png",
    log:
        "results/logs/gradient_check.log",
    benchmark:
        "results/benchmarks/gradient_check.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    message:
        "Checking the gradients of the core"
    script:
        "../scripts/gradient_check.py"
