from overfit.report.labels import figure_labels

PLAN = {"variants": {name: {"label": f"<{name}>"} for name in "abcdef"}}


def labels(**options):
    return figure_labels(PLAN, {"kind": "paired_differences", "name": "gaps", "options": options})


def test_a_figure_is_labelled_by_kind_name_variants_and_metrics():
    assert labels(variants=["a", "b"], metrics=["gap", "test_accuracy"]) == {
        "kind": "paired differences",
        "name": "gaps",
        "variant": "a, b",
        "metric": "Gap, Test accuracy",
    }


def test_no_variants_are_all_of_them_and_many_are_counted():
    assert labels()["variant"] == "a, b, c, d and 2 more"
    assert labels()["metric"] == "–"


def test_a_single_variant_and_a_quantity_are_named():
    found = labels(variant="c", quantity="effective_lr")
    assert (found["variant"], found["metric"]) == ("c", "effective lr")
