"""The study of the folder in which a command runs."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from overfit.config.problems import ConfigurationError, Problem
from overfit.config.reading import read
from overfit.config.shipped import CONFIG
from overfit.config.study import Study, load_study


def add_configfile(parser: ArgumentParser) -> None:
    """Add the option `--configfile`, as Snakemake has it."""
    parser.add_argument(
        "--configfile",
        nargs="+",
        default=[CONFIG],
        metavar="FILE",
        help=f"configuration files, later ones winning ({CONFIG})",
    )


def study_of(
    files: Sequence[str], experiments: Sequence[str] = (), *, every: bool = False
) -> Study:
    """Load the study of configuration files, merged as Snakemake does.

    Args:
        files: the files, later ones winning.
        experiments: the experiments to select, instead of those that the files name.
        every: select all experiments, as in `overfit.config.study.load_study`.

    Raises:
        ConfigurationError: with every mistake.
    """
    if not Path("config").is_dir():
        message = "this folder doesn't exist here; go to the folder of the project"
        raise ConfigurationError([Problem("config", None, "", message)])
    config: dict[str, Any] = {}
    for file in files:
        _update(config, read(Path(file), file).data)
    config |= {"experiments": list(experiments)} if experiments else {}
    return load_study(config, root=Path(), config_files=list(files), every=every)


def _update(config: dict[str, Any], overlay: Mapping[str, Any]) -> None:
    for key, value in overlay.items():
        below = config.get(key)
        if isinstance(value, Mapping):
            config[key] = dict(below) if isinstance(below, Mapping) else {}
            _update(config[key], value)
        else:
            config[key] = value
