"""How figures are labelled in Snakemake's own report."""

from overfit.report.labels import figure_labels
from tests.written import experiment


def labels(kind, **options):
    figure = {"kind": kind, "name": "drawn", **options}
    variants = {name: {"label": f"<{name}>"} for name in "abcdef"}
    example = experiment(variants, figures=[figure], probes=["weights"])
    return figure_labels(example, example.figures[0])


def test_a_figure_is_labelled_by_kind_name_variants_and_metrics():
    options = {"baseline": "f", "variants": ["a", "b"], "metrics": ["gap", "test_accuracy"]}
    assert labels("paired_differences", **options) == {
        "kind": "paired differences",
        "name": "drawn",
        "variant": "a, b",
        "metric": "Gap, Test accuracy",
    }


def test_no_variants_are_all_of_them_and_many_are_counted():
    found = labels("learning_curves", quantity="loss")
    assert (found["variant"], found["metric"]) == ("a, b, c, d and 2 more", "loss")


def test_a_figure_of_one_variant_names_it():
    found = labels("weight_distribution", variants=["c"])
    assert (found["variant"], found["metric"]) == ("c", "–")
