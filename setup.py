"""Copies the configuration into the package, so that it works where there is no checkout, too."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithConfiguration(build_py):
    """Builds the package with `overfit/shipped/config`, see `overfit.config.shipped`."""

    def run(self) -> None:
        """Copy everything."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, "overfit", "shipped", "config")
            shutil.copytree("config", target, dirs_exist_ok=True)


setup(cmdclass={"build_py": WithConfiguration})
