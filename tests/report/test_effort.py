from __future__ import annotations

from overfit.report.effort import effort


def write(path, seconds):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"s\th:m:s\n{seconds}\t0:00:01\n")


def test_the_time_of_an_experiment_is_that_of_its_jobs(study):
    home = study.results / "benchmarks"
    write(home / "train" / "base-00000001" / "0000-0009.tsv", 1.5)
    write(home / "train" / "found-00000003" / "0000-0009.tsv", 2.25)
    write(home / "search_trials" / "search-00000009" / "random" / "0050-0099.tsv", 10)
    write(home / "train" / "another" / "0000-0009.tsv", 100)
    found = effort(study.plans[2], 120, {"base-00000001", "l2-00000002"}, study.results)
    assert (found.runs, found.shared, found.networks) == (2, 1, 120)
    assert (found.jobs, found.timed, found.seconds) == (4, 3, 13.75)


def test_the_page_says_how_much_of_it_was_timed(study):
    write(study.results / "benchmarks/train/base-00000001/0000-0009.tsv", 61)
    text = " ".join(study.html().split())
    said = "1 min 1 s of computing in the 1 of 2 jobs that were timed"
    assert f"20 networks in 2 runs (1 shared with other experiments), {said}" in text
