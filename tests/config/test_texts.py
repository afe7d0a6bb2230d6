"""What the texts of the atlas say about epochs, rates, images and so on is what the files set."""

import re
from collections.abc import Iterator

from tests.written import shipped

WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
TENS = {"twenty": 20, "thirty": 30, "fifty": 50, "a hundred": 100}
TENS |= {f"{word} hundred": 100 * value for value, word in enumerate(WORDS) if value}
VALUES = {word: float(value) for value, word in enumerate(WORDS)} | {
    word: float(value) for word, value in TENS.items()
}
WRITTEN = "|".join(sorted([*WORDS[2:], *TENS], key=len, reverse=True))
NUMBER = rf"(?<![\w.,-])(\d[\d,]*(?:\.\d+)?|{WRITTEN})"
NOUNS = {
    "epochs": rf"{NUMBER} epochs",
    "updates": rf"{NUMBER} updates",
    "images": rf"{NUMBER} (?:training |validation |test )*images\b",
    "trials": rf"{NUMBER} (?:random |Sobol )?(?:trials|points each)",
    "seeds": rf"{NUMBER} seeds",
    "layers": rf"{NUMBER} (?:hidden |more |normalized )*layers",
    "units": rf"{NUMBER} (?:hidden )?units",
    "rates": rf"(?<!one )rates? of {NUMBER}",
}
ELSEWHERE = {
    ("search_book", "trials", 20.0): "the figure shows the best of a hundred",
    ("weight_range", "layers", 2.0): "the figure shows two",
}
"""Numbers that are not of the settings, and what they are of."""


def said(text: str) -> Iterator[tuple[str, float]]:
    """The numbers in a text, each with what it counts."""
    plain = " ".join(text.split())
    for noun, pattern in NOUNS.items():
        for found in re.finditer(pattern, plain):
            word = found[1]
            yield noun, VALUES[word] if word in VALUES else float(word.replace(",", ""))


def texts(experiment) -> Iterator[str]:
    """All texts of an experiment."""
    yield from (experiment.title, experiment.question, experiment.text)
    yield from experiment.labels.values()
    yield from (figure.caption for figure in experiment.figures)
    for claim in experiment.claims:
        yield from (claim.says, claim.margin_because, claim.depends_on, *claim.because.values())


def numbers(experiment, datasets) -> dict[str, set[float]]:
    """The numbers that the file sets, by what they count."""
    cells = [cell.settings for cell in experiment.cells]
    searches = list(experiment.searches.values())
    ends = [
        end
        for search in searches
        for dimension in search.space.values()
        for end in (getattr(dimension, "ends", None) or ())
    ]
    hidden = [len(one.model.hidden) for one in cells]
    rates = [one.train.optimizer.lr for one in cells]
    rates += [one.dropout.rate for one in cells if one.dropout]
    found = {
        "epochs": [
            *(one.train.epochs for one in cells),
            *(stop.patience for one in cells if (stop := one.train.early_stopping)),
        ],
        "updates": [
            *(one.budget for one in cells),
            *(-(-one.data.train // one.train.batch_size) for one in cells),  # of an epoch
        ],
        "images": [
            *(n for s in cells for n in (s.data.train, s.data.validation, s.train.batch_size)),
            *(datasets[one.data.dataset].test for one in cells),
        ],
        "trials": [search.trials for search in searches],
        "seeds": [experiment.seeds],
        "layers": [*hidden, *(n + 1 for n in hidden)],
        "units": [units for one in cells for units in one.model.hidden],
        "rates": [*rates, *ends, 0.0],
    }
    return {noun: {float(n) for n in values if n is not None} for noun, values in found.items()}


def test_numbers_in_texts_are_those_of_the_files(repository):
    study = shipped(repository)
    wrong = []
    for name, one in study.experiments.items():
        known = numbers(one, study.datasets)
        for text in texts(one):
            for noun, number in said(text):
                if number not in known[noun] and (name, noun, number) not in ELSEWHERE:
                    wrong.append(f"{name}: {number:g} {noun}: {' '.join(text.split())[:400]}")
    assert not wrong, "\n".join(wrong)


def test_numbers_are_read_in_words_and_in_digits():
    text = "With 2,000 test images, a rate of 0.1 and six hidden layers, ten\nepochs of 12 updates,"
    text += " three hundred seeds and a hundred units."
    assert set(said(text)) == {
        ("images", 2000.0),
        ("rates", 0.1),
        ("layers", 6.0),
        ("epochs", 10.0),
        ("updates", 12.0),
        ("seeds", 300.0),
        ("units", 100.0),
    }
