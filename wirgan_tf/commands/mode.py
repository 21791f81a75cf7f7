"""What a mode of the command line is: its flags, and what it runs."""

import abc
import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from wirgan_tf.config import Config
from wirgan_tf.parts import Assembly, Part, setting


@dataclasses.dataclass(frozen=True)
class Mode(Part, abc.ABC):
    """A command: the values of its own flags, and the settings of a run or of a data set that were set by flags.

    axes: those whose parts' settings are flags of the mode too ("dataset" and the axes of `Config`).
    takes_run: whether the settings that every run has, and the parts' names, are flags.
    short_forms: names of flags by their short forms.
    renamed: present names of flags by their names in the version before.
    """

    changes: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    debug: bool = setting(False, "show the traceback of an error")

    axes: ClassVar[tuple[str, ...]] = ()
    takes_run: ClassVar[bool] = False
    short_forms: ClassVar[Mapping[str, str]] = {}
    renamed: ClassVar[Mapping[str, str]] = {}

    @abc.abstractmethod
    def run(self) -> None:
        """Does the command's work. Raises `ValueError` and `FileNotFoundError` for what cannot be done."""

    def unused(self, config: Assembly | None = None) -> dict[str, str]:
        """Own settings that other values switch off, each with the reason."""
        del config
        return {}

    @classmethod
    def configs(cls, run_dir: str, changes: Mapping[str, Any]) -> list[Config]:
        """The configs whose settings are flags of the mode when flags set `changes`: for `--help`."""
        del run_dir, changes
        return []
