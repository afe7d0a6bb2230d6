from snakemake.utils import min_version

min_version("9.17")


include: "workflow/rules/setup.smk"


configfile: "config/config.yaml"


container: config.get("container")


report: "workflow/overfit/report/templates/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/server.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/search.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/analysis.smk"
include: "workflow/rules/gradients.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        PLAN.everything,
        records(*PLAN.everything),
    message:
        f"Everything is done; see {RESULTS.report}"
