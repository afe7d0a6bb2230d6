"""Spaces to search."""

from overfit.config.dimensions import Choice, Int, LogInt, LogUniform, Uniform

MIXED = {
    "lr": LogUniform(log_uniform=(1e-6, 1e-2), points=3),
    "rate": Uniform(uniform=(0.0, 0.5), points=2),
    "depth": Int(int=(1, 4)),
    "width": LogInt(log_int=(10, 200), points=3),
    "norm": Choice(choice=(True, None)),
    "optimizer": Choice(choice=("sgd", "momentum", "adam")),
    "momentum": Uniform(uniform=(0.0, 0.9), points=2, when={"optimizer": "momentum"}),
    "nesterov": Choice(choice=(False, True), when={"optimizer": "momentum", "depth": [1, 2]}),
}
"""Every kind of dimension, and conditions on conditions."""


def is_in_space(values) -> bool:
    """Whether values lie in MIXED and are there exactly where their conditions hold."""
    momentum = values["optimizer"] == "momentum"
    return (
        set(values) - {"momentum", "nesterov"} == set(MIXED) - {"momentum", "nesterov"}
        and 1e-6 <= values["lr"] <= 1e-2
        and 0 <= values["rate"] <= 0.5
        and values["depth"] in (1, 2, 3, 4)
        and isinstance(values["width"], int)
        and 10 <= values["width"] <= 200
        and values["norm"] in (True, None)
        and values["optimizer"] in ("sgd", "momentum", "adam")
        and ("momentum" in values) is momentum
        and 0 <= values.get("momentum", 0) <= 0.9
        and ("nesterov" in values) is (momentum and values["depth"] <= 2)
    )
