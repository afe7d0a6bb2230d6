"""From the specification of a search to its method."""

from __future__ import annotations

from overfit.config.specs import SearchSpec
from overfit.search.gp import Gp
from overfit.search.hyperband import Hyperband
from overfit.search.method import Method, OneRound
from overfit.search.one_round import Grid, Random, RandomGrid, Sobol
from overfit.search.tpe import Tpe
from overfit.streams import Purpose, stream

ONE_ROUND: dict[str, type[OneRound]] = {
    "grid": Grid,
    "random": Random,
    "random_grid": RandomGrid,
    "qmc": Sobol,
}
SEQUENTIAL: dict[str, type[Tpe | Gp]] = {"tpe": Tpe, "gp": Gp}


def make(spec: SearchSpec, repeat: int) -> Method:
    """The method of one repeat of a search."""
    seed = int(stream(spec.root_seed, Purpose.SEARCH, spec.seeds[repeat]).integers(2**31))
    if spec.method in ONE_ROUND:
        return ONE_ROUND[spec.method](spec.space, spec.count, seed)
    if spec.method in SEQUENTIAL:
        return SEQUENTIAL[spec.method](spec.space, spec.count, seed, size=spec.round)
    train = spec.settings.train
    return Hyperband(spec.space, spec.count, seed, whole=train.epochs or train.updates or 1)
