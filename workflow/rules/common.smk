STUDY = or_exit(load_study, config, root=Path(), config_files=workflow.configfiles)


wildcard_constraints:
    dataset=r"[a-z0-9_-]+",
    subset=r"[a-z0-9._-]+",
    run=r"[a-z0-9._-]+",
    search=r"[a-z0-9._-]+",
    method=r"[a-z_]+",
    block=r"\d+-\d+",
    experiment=r"[a-z0-9_-]+",
    figure=r"[a-z0-9_-]+",


# The id of a run that yields more than a history says so before its digest.
RUN = rf"[a-z0-9._-]+(?<!{RECORDS})-[0-9a-f]{{8}}"
RECORDING_RUN = rf"[a-z0-9._-]+{RECORDS}-[0-9a-f]{{8}}"


def modules(*patterns):
    """Python files of these parts of the package: a change in them reruns what they compute."""
    return [
        os.path.relpath(path)
        for pattern in patterns
        for path in sorted(PACKAGE.glob(pattern))
    ]


TRAINING_CODE = modules(
    "nn/*.py", "training/**/*.py", "data/*.py", "streams.py", "build.py", "jobs.py"
)

SEARCH_CODE = TRAINING_CODE + modules(
    "search/*.py", "searching.py", "analysis/trials.py"
)


def dataset_files(dataset):
    """The three files of a prepared dataset."""
    return [
        f"results/datasets/{dataset}/{name}"
        for name in ("images.npy", "labels.npy", "card.json")
    ]


PLANS = {name: experiment.plan() for name, experiment in STUDY.experiments.items()}


def plan_json(wildcards):
    """What an experiment's tables and figures are made of, as one ordered value."""
    return json.dumps(PLANS[wildcards.experiment])


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
    (figure,) = (f for f in experiment.file.figures if f.key == wildcards.figure)
    files = {
        "metrics": lambda: [f"results/experiments/{experiment.name}/metrics.csv"],
        "histories": lambda: histories(experiment.name),
        "trials": lambda: searched_trials(experiment.name),
        "probes": lambda: probes(experiment.name),
        "kept": lambda: blocks_of_runs(experiment.name, "npz"),
        "labels": lambda: labels_of(experiment),
    }
    return [path for kind in figure.reads for path in files[kind]()]


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


def every_summary():
    """Summaries of all experiments."""
    return [f"results/experiments/{name}/summary.csv" for name in PLANS]


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


def benchmark_of(history):
    """Where the time of the job that wrote a history file stands."""
    path = Path(history)
    _, kind, *parents = path.parent.parts
    job = {"runs": "train", "searches": "search_trials"}[kind]
    return str(Path("results/benchmarks", job, *parents, f"{path.stem}.tsv"))
