"""The tables of a section."""

from __future__ import annotations

from overfit.metrics.tables import read_summary
from overfit.report import tables


def summary(study, index):
    experiment = study.experiments[index]
    path = study.results.experiment(experiment.name).summary
    return tables.summary(experiment, read_summary(path, experiment))


def test_metrics_become_columns_in_the_usual_order(study):
    table = summary(study, 0)
    labels = [label for label, _ in table.metrics]
    assert labels[:3] == ["Training accuracy", "Test accuracy", "Gap"]
    assert [row.label for row in table.rows] == ["Baseline", "L2 0.1"]
    assert table.rows[0].cells[0] == ("99.6", "[98.6, 100.6]")
    assert table.rows[0].n == 10


def test_a_metric_without_values_has_no_column(study):
    assert "Validation accuracy" not in [label for label, _ in summary(study, 0).metrics]


def test_grid_points_have_rows_of_their_own(study):
    table = summary(study, 1)
    assert table.axes == ["Standard deviation of the initial weights"]
    assert [(row.label, row.at) for row in table.rows[2:4]] == [
        ("Plain", ["0.01"]),
        ("Batch normalization", ["1"]),
    ]
    assert table.any_diverged
    assert table.rows[0].diverged == 2


def test_a_cell_from_fewer_seeds_says_so(study):
    path = study.results.experiment("weight_decay").summary
    changed = path.read_text().replace("baseline,updates_to_90,10", "baseline,updates_to_90,9")
    path.write_text(changed)
    cells = summary(study, 0).rows[0].cells
    assert [cell[1].endswith(", n = 9") for cell in cells if cell].count(True) == 1


def test_a_cell_says_how_many_seeds_never_got_there(study):
    cells = summary(study, 1).rows[0].cells
    assert [cell[1].endswith(", 3 never") for cell in cells if cell].count(True) == 1


def test_a_cell_says_where_evaluations_are_too_far_apart(study):
    path = study.results.experiment("weight_decay").summary
    lines = path.read_text().splitlines()
    straight = {"baseline": "1250.0", "l2": "1235.0"}
    for i, line in enumerate(lines):
        if ",updates_to_90," in line:
            lines[i] = line + straight[line.split(",")[1]]
    path.write_text("\n".join(lines) + "\n")
    told = [
        [cell[1].endswith(", evaluations too far apart") for cell in row.cells if cell].count(True)
        for row in summary(study, 0).rows
    ]
    assert told == [1, 0]


def test_metrics_that_few_need_have_a_column_where_a_claim_is_about_them(study):
    path = study.results.experiment("weight_decay").summary
    lines = path.read_text().splitlines()
    lines += [line.replace(",gap,", ",test_error,") for line in lines if ",gap," in line]
    path.write_text("\n".join(lines) + "\n")
    assert "Test error" not in [label for label, _ in summary(study, 0).metrics]
    claim = study.experiments[0].claims[0]
    test = claim.test.model_copy(update={"difference": "test_error"})
    study.change(0, claims=(claim.model_copy(update={"test": test}),))
    assert "Test error" in [label for label, _ in summary(study, 0).metrics]


def test_of_the_probes_only_what_claims_are_about_is_shown(study):
    path = study.results.experiment("weight_decay").summary
    lines = path.read_text().splitlines()
    for name in ("weights.zeros.1", "weights.rms.1"):
        lines += [line.replace(",gap,", f",{name},") for line in lines if ",gap," in line]
    path.write_text("\n".join(lines) + "\n")
    claim = study.experiments[0].claims[0]
    test = claim.test.model_copy(update={"difference": "weights.zeros.1"})
    study.change(0, claims=(claim.model_copy(update={"test": test}),))
    labels = [label for label, _ in summary(study, 0).metrics]
    assert labels[-1] == "Exact zeros, layer 1"
    assert not [label for label in labels if "Root mean square" in label]
