"""The looks at claims in config/looks.yaml."""

LOOKS = "config/looks.yaml"
GOOD = "plain:\n  seeds: [4, 8, 16]\n  claims: {helps: 8}\n"


def test_an_undecided_claim_asks_for_more_seeds_of_its_variants(project):
    before = project.load().experiments["plain"]
    project.write(LOOKS, GOOD)
    after = project.load().experiments["plain"]
    assert after.blocks == before.blocks
    (part,) = after.further
    assert part.members == range(8)
    assert part.blocks == {run: ["0000-0003", "0004-0007"] for run in before.runs}


def test_without_an_entry_or_with_seeds_for_all_experiments_nobody_looks_further(project):
    project.write(LOOKS, GOOD)
    study = project.load()
    assert study.experiments["grid"].looks is None
    assert project.load(command_line={"seeds": 6}).experiments["plain"].looks is None


def test_looks_begin_at_the_first_seed_of_the_configuration(project):
    project.write(LOOKS, GOOD)
    (part,) = project.load(command_line={"first_seed": 100}).experiments["plain"].further
    assert part.members == range(100, 108)


def test_an_experiment_that_is_gone_does_no_harm(project):
    project.write(LOOKS, GOOD.replace("plain", "gone"))
    assert not any(one.looks for one in project.load().experiments.values())


def test_mistakes_have_their_line(project):
    project.write(LOOKS, "plain:\n  seeds: [5, 10]\n  claims: {helsp: 10}\n")
    assert project.messages() == [
        "config/looks.yaml:2: plain.seeds: begins with 5, but plain has 4 seeds; change them back, "
        "or delete plain from this file to begin anew",
        "config/looks.yaml:3: plain.claims.helsp: plain has no such claim; did you mean helps?",
    ]
    project.write(LOOKS, "plain:\n  seeds: [4, 16, 8]\n  claims: {helps: 5}\n")
    assert project.messages() == [
        "config/looks.yaml:2: plain.seeds: must rise from look to look",
        "config/looks.yaml:3: plain.claims.helps: must be one of 16, 8, the seeds of later looks",
    ]
    project.write(LOOKS, "plain:\n  seeds: [4]\n  other: 1\n")
    assert [line.split(": ")[1] for line in project.messages()] == ["plain.seeds", "plain.other"]
