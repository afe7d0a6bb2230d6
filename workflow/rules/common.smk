STUDY = or_exit(load_study, config, root=Path(), config_files=workflow.configfiles)


wildcard_constraints:
    dataset=r"[a-z0-9_-]+",
    subset=r"[a-z0-9._-]+",
    run=r"[a-z0-9._-]+",
    search=r"[a-z0-9._-]+",
    method=r"[a-z][a-z0-9_]*",
    block=r"\d+-\d+",
    experiment=r"[a-z0-9_-]+",
    figure=r"[a-z0-9_-]+",


# The id of a run that yields more than a history says so before its digest.
RUN = rf"[a-z0-9._-]+(?<!{RECORDS})-[0-9a-f]{{8}}"
RECORDING_RUN = rf"[a-z0-9._-]+{RECORDS}-[0-9a-f]{{8}}"


def here(paths):
    """Paths of the checkout: where results go to object storage, these stay."""
    return [local(os.path.relpath(path)) for path in paths]


def modules(*patterns):
    """Python files of these parts of the package: a change in them reruns what they compute."""
    return here(path for pattern in patterns for path in sorted(PACKAGE.glob(pattern)))


TRAINING_CODE = modules(
    "nn/*.py",
    "parts/__init__.py",
    "training/*.py",
    "training/probes/__init__.py",
    "training/probes/probe.py",
    "data/*.py",
    "streams.py",
    "jobs/build.py",
    "jobs/training.py",
)

SEARCH_CODE = TRAINING_CODE + modules(
    "search/*.py",
    "search/methods/__init__.py",
    "jobs/searching.py",
    "metrics/trials.py",
)


def training_code(wildcards):
    """What trains a run: with the parts and probes that it names, so that others retrain nothing.

    What a search finds is named by the search.
    """
    run = STUDY.runs[wildcards.run]
    search = run.search and STUDY.searches[run.search.search, run.search.method]
    return TRAINING_CODE + own_code(run, *([search] if search else []))


def search_code(wildcards):
    """What proposes and trains the trials of a search."""
    proposes = modules(f"search/methods/{wildcards.method}.py")
    return SEARCH_CODE + proposes + own_code(STUDY.searches[wildcards.search, wildcards.method])


def own_code(*specs):
    """Files of the parts and probes that runs and searches name."""
    return here(sorted({path for spec in specs for path in files_of(spec)}))


def dataset_files(dataset):
    """The three files of a prepared dataset."""
    return [
        f"results/datasets/{dataset}/{name}"
        for name in ("images.npy", "labels.npy", "card.json")
    ]


PLANS = {name: experiment.plan() for name, experiment in STUDY.experiments.items()}


# What only the report needs of a plan: editing these words draws and computes nothing again.
WORDS = {
    "title",
    "question",
    "cites",
    "text",
    "topic",
    "source",
    "extends",
    "changes",
    "reported",
}


def plan_json(wildcards, **parts):
    """What the tables of an experiment are made of, and these parts, as one ordered value."""
    left_out = WORDS | {"figures", "claims"}
    plan = PLANS[wildcards.experiment]
    kept = {key: value for key, value in plan.items() if key not in left_out}
    return json.dumps(kept | parts)


def claims_of(wildcards):
    """The claims of an experiment, as one ordered value."""
    claims = STUDY.experiments[wildcards.experiment].claims
    return tuple(claim.without_words() for claim in claims)


def figure_json(wildcards):
    """What one figure of an experiment is made of, as one ordered value."""
    (figure,) = (
        figure
        for figure in PLANS[wildcards.experiment]["figures"]
        if figure["name"] == wildcards.figure
    )
    return plan_json(wildcards, figures=[{**figure, "caption": ""}])


def blocks_of_runs(experiment, suffix):
    """A file of each block of an experiment's runs."""
    return [
        f"results/runs/{run}/{block}.{suffix}"
        for run in STUDY.experiments[experiment].runs
        for block in STUDY.experiments[experiment].blocks[run]
    ]


def probes(experiment):
    """What the probes of an experiment's runs have measured, if it has any."""
    recorded = PLANS[experiment]["probes"]
    return blocks_of_runs(experiment, "probes.parquet") if recorded else []


def histories(experiment):
    """History files of an experiment's runs."""
    return blocks_of_runs(experiment, "parquet")


def trial_blocks(wildcards):
    """History files of all trials of a search."""
    search = STUDY.searches[wildcards.search, wildcards.method]
    return [
        f"results/searches/{wildcards.search}/{wildcards.method}/{block}.parquet"
        for block in search.blocks(STUDY.config.trials_per_job)
    ]


def searched_best(wildcards):
    """What a search has found, for a run whose hyperparameters are searched."""
    search = STUDY.runs[wildcards.run].search
    return (
        f"results/searches/{search.search}/{search.method}/best.yaml" if search else []
    )


def figure_results(wildcards):
    """The results that a figure is drawn from: those that its kind reads."""
    experiment = STUDY.experiments[wildcards.experiment]
    (figure,) = (f for f in experiment.figures if f.key == wildcards.figure)
    files = {
        "metrics": lambda: [f"results/experiments/{experiment.name}/metrics.csv"],
        "histories": lambda: histories(experiment.name),
        "trials": lambda: searched_trials(experiment.name),
        "probes": lambda: probes(experiment.name),
        "kept": lambda: blocks_of_runs(experiment.name, "npz"),
        "labels": lambda: labels_of(experiment),
    }
    return [path for kind in figure.reads for path in files[kind]()]


def figure_labels(wildcards):
    """The labels of a figure in Snakemake's own report."""
    from overfit.report.labels import figure_labels as labels

    plan = PLANS[wildcards.experiment]
    (figure,) = (f for f in plan["figures"] if f["name"] == wildcards.figure)
    return labels(plan, figure)


def labels_of(experiment):
    """What tells the true classes of the test images of an experiment's datasets."""
    datasets = {cell.run.settings.data.dataset for cell in experiment.cells}
    return [
        f"results/datasets/{dataset}/{name}"
        for dataset in sorted(datasets)
        for name in ("labels.npy", "card.json")
    ]


def searched_trials(experiment):
    """History files of the trials of an experiment's searches."""
    return [
        f"results/searches/{search['search']}/{search['method']}/{block}.parquet"
        for search in PLANS[experiment]["searches"].values()
        for block in search["blocks"]
    ]


def repeated_trials(wildcards):
    """History files of trials, if the experiment's claims or figures are about repeats."""
    asked = PLANS[wildcards.experiment]["search_metrics"]
    return searched_trials(wildcards.experiment) if asked else []


def every_summary():
    """Summaries of all experiments."""
    return [f"results/experiments/{name}/summary.csv" for name in PLANS]


def every_curve():
    """Mean learning curves of all experiments."""
    return [f"results/experiments/{name}/curves.parquet" for name in PLANS]


def every_figure():
    """Figures of all experiments."""
    return [
        f"results/experiments/{name}/figures/{figure['name']}.svg"
        for name, plan in PLANS.items()
        for figure in plan["figures"]
    ]


def every_history():
    """History files of all runs and searches, each once."""
    return sorted(
        {
            path
            for name in STUDY.experiments
            for path in histories(name) + searched_trials(name)
        }
    )


def every_record():
    """What runs record beside their histories, each file once."""
    return sorted(
        {
            f"results/runs/{run}/{block}.{suffix}"
            for experiment in STUDY.experiments.values()
            for run in experiment.runs
            if STUDY.runs[run].records
            for block in experiment.blocks[run]
            for suffix in ("probes.parquet", "npz")
        }
    )


def every_input():
    """What the results are made of: code, configuration, experiments, pinned packages."""
    project = modules(
        "../../Snakefile", "../../requirements.txt", "../../pyproject.toml"
    )
    code = modules("**/*.py", "../rules/*.smk", "../scripts/*.py", "report/templates/*.*")
    configured = here([*workflow.configfiles, "config/datasets.yaml"])
    return here(sorted({*project, *code, *configured, *every_source()}))


def every_source():
    """The files that the experiments are written in."""
    return here(
        file for plan in PLANS.values() for file in [plan["source"], *plan["extends"]]
    )


def every_dataset():
    """Files of all datasets, each once."""
    datasets = {subset.dataset for subset in STUDY.subsets.values()}
    return [path for dataset in sorted(datasets) for path in dataset_files(dataset)]


def every_subset():
    """Subsets of all runs, each block once."""
    return sorted(
        {
            f"results/subsets/{STUDY.runs[run].subset_id}/{block}.npz"
            for experiment in STUDY.experiments.values()
            for run in experiment.runs
            for block in experiment.blocks[run]
        }
    )


GRADIENTS = ("errors.csv", "gradient_check.svg", "gradient_check.png")


def every_result():
    """All files of the results, apart from what only tells of the work."""
    specs = [f"results/runs/{run}/spec.yaml" for run in STUDY.runs]
    searches = [
        f"results/searches/{name}/{method}/{file}.yaml"
        for name, method in STUDY.searches
        for file in ("spec", "best")
    ]
    tables = [
        f"results/experiments/{name}/{table}.csv"
        for name in PLANS
        for table in ("metrics", "summary", "claims")
    ]
    tables += every_curve()
    figures = [str(Path(path).with_suffix(".png")) for path in every_figure()]
    figures += [f"results/gradient_check/{name}" for name in GRADIENTS]
    pages = ["results/claims.csv", "results/report.html", "results/provenance.json"]
    drawn = [*every_dataset(), *every_subset()]
    trained = [*every_history(), *every_record(), *every_figure()]
    return sorted({*drawn, *specs, *searches, *trained, *tables, *figures, *pages})


def benchmark_of(history):
    """Where the time of the job that wrote a history file stands."""
    path = Path(history)
    _, kind, *parents = path.parent.parts
    job = {"runs": "train", "searches": "search_trials"}[kind]
    return str(Path("results/benchmarks", job, *parents, f"{path.stem}.tsv"))


def log_of(output):
    """Where the log of the job that writes a file stands: for histories, tables, figures, data."""
    path = Path(output)
    _, kind, name, *inside = path.parent.parts
    if kind == "experiments" and inside:
        return f"results/logs/figure/{name}/{path.stem}.log"
    whole = {"experiments": "summarize", "datasets": "dataset"}
    if kind in whole:
        return f"results/logs/{whole[kind]}/{name}.log"
    blocks = {"runs": "train", "searches": "search_trials", "subsets": "subset"}
    return str(Path("results/logs", blocks[kind], name, *inside, f"{path.stem}.log"))


def training_resource(amount):
    """A resource of a training job: `amount` for its settings, its block and its dataset."""

    def asked(wildcards, attempt):
        spec = (
            STUDY.runs[wildcards.run]
            if "run" in wildcards.keys()
            else STUDY.searches[wildcards.search, wildcards.method]
        )
        dataset = STUDY.datasets[spec.settings.data.dataset]
        return amount(
            spec.settings,
            len(block_range(wildcards.block)),
            pixels=dataset.inputs,
            classes=dataset.classes,
            test=dataset.test,
            attempt=attempt,
        )

    return asked


def table_resource(amount):
    """A resource of a job that reads all histories of an experiment: `amount` for their rows."""

    def asked(wildcards, attempt):
        experiment = STUDY.experiments[wildcards.experiment]
        trained = [(cell.run, experiment.seeds) for cell in experiment.cells]
        trained += [
            (search, search.trials * search.repeats)
            for search in experiment.searches.values()
        ]
        points = sum(spec.settings.evaluation.points * n for spec, n in trained)
        return amount(3 * points, attempt)

    return asked


def dataset_mb(wildcards, attempt):
    """Memory to read a dataset: of its pixels as text, which takes 25 bytes each (measured)."""
    dataset = STUDY.datasets[wildcards.dataset]
    pixels = (dataset.pool + dataset.test) * dataset.inputs
    return attempt * (500 + math.ceil(50 * pixels / 1e6))


def small_mb(wildcards, attempt):
    """Memory of a job that does little."""
    return 500 * attempt


def small_minutes(wildcards, attempt):
    """Time of a job that does little."""
    return 5 * attempt
