"""The registered designs in config/registered.yaml."""

REGISTERED = "config/registered.yaml"
ENTRY = """\
plain:
  helps:
  - settings: 0123456789ab
    test: ba9876543210
    margin: 0.02
    first_seed: 0
    seeds: [4]
    date: '2026-11-30T10:00:00Z'
    commit: null
"""


def test_an_experiment_knows_the_registrations_of_its_claims(project):
    project.write(REGISTERED, ENTRY)
    experiment = project.load().experiments["plain"]
    (known,) = experiment.registered["helps"]
    assert (known.margin, known.members) == (0.02, range(4))
    assert experiment.in_force(experiment.claims[0]) is None  # other settings


def test_mistakes_have_their_line(project):
    project.write(REGISTERED, ENTRY.replace("margin: 0.02", "margin: much"))
    (message,) = project.messages()
    assert message.startswith("config/registered.yaml:5: plain.helps[0].margin: must be a number")
