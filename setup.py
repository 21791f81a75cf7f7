"""Puts the flagfiles of `configs/` into wheels, as `wirgan_tf/configs/`; the metadata is in pyproject.toml.

Said as a package's folder in pyproject.toml, `configs/` would make an editable install one by a finder of setuptools
instead of by its path, see there.
"""

import pathlib

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithFlagfiles(build_py):
    """Copies modules, and flagfiles beside them. In an editable install those of the checkout are found."""

    def run(self):
        super().run()
        if not self.editable_mode:
            for source, target in self._flagfiles().items():
                self.mkpath(str(target.parent))
                self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode=True):
        return [*super().get_outputs(include_bytecode), *map(str, self._flagfiles().values())]

    def _flagfiles(self):
        target = pathlib.Path(self.build_lib, "wirgan_tf", "configs")
        return {path: target / path.name for path in sorted(pathlib.Path("configs").glob("*.flags"))}


setup(cmdclass={"build_py": BuildWithFlagfiles})
