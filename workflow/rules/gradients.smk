rule gradient_check:
    output:
        table=RESULTS.gradients.table,
        svg=report(
            RESULTS.gradients.figure("svg"),
            caption="../overfit/report/templates/gradient_check.rst",
            category="Overview",
            labels={"kind": "figure", "name": "gradient check"},
        ),
        png=RESULTS.gradients.figure("png"),
        records=records(*RESULTS.gradients.all),
    params:
        digest=PLAN.digest_of_gradients,
    log:
        RESULTS.log("gradient_check"),
    benchmark:
        RESULTS.benchmark("gradient_check")
    priority: FIRST  # the report waits for it, so not after the last network
    localrule: True
    resources:
        mem_mb=small_mb,
        runtime=small_minutes,
    conda:
        "../envs/jobs.yaml"
    message:
        "Checking the gradients of the core"
    script:
        "../scripts/gradient_check.py"
