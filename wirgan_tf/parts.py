"""Parts of a run: frozen dataclasses whose fields are settings, each with its range, its help and its default.

Objectives, penalties, networks, families, optimizers, learning rate decays and data sets are parts. A setting is
defined in the class that uses it, and nowhere else: the command line, the config's file and the documents are derived
from it.
"""

import dataclasses
import math
from typing import Any, ClassVar, Protocol, TypeVar

from wirgan_tf.registry import Registry


def setting(default: Any, about: str, *, choices: tuple[str, ...] = (), at_least: float | None = None,
            above: float | None = None, at_most: float | None = None, below: float | None = None,
            safe_to_change: bool = False, flag: str = "", path: bool = False) -> Any:
    """A dataclass field that is a setting: its default, its line of `--help`, its range.

    Args:
      default: of the type of the field.
      about: what it is, for `--help`.
      choices: the values that a string may have.
      at_least, above, at_most, below: bounds of a number; `above` and `below` are excluded. Numbers must be finite.
      safe_to_change: whether a resumed run may change it.
      flag: its name on the command line, if not the field's.
      path: whether it names a file or a folder of this machine.
    """
    return dataclasses.field(default=default, metadata={
        "about": about, "choices": choices, "safe_to_change": safe_to_change, "flag": flag, "path": path,
        "range": Range(at_least, above, at_most, below)})


@dataclasses.dataclass(frozen=True)
class Range:
    """Bounds of a number; `above` and `below` are excluded."""

    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    def __contains__(self, value: float) -> bool:
        return (_is_finite(value)
                and (self.at_least is None or value >= self.at_least) and (self.above is None or value > self.above)
                and (self.at_most is None or value <= self.at_most) and (self.below is None or value < self.below))

    def __str__(self) -> str:
        """What a number must be.

        >>> str(Range(at_least=1)), str(Range(at_least=0, below=1)), str(Range(above=0))
        ('at least 1', 'in [0, 1)', 'greater than 0')
        """
        low = self.at_least if self.above is None else self.above
        high = self.at_most if self.below is None else self.below
        if low is not None and high is not None:
            return f"in {'[' if self.above is None else '('}{low}, {high}{']' if self.below is None else ')'}"
        if low is not None:
            return f"at least {low}" if self.above is None else f"greater than {low}"
        if high is not None:
            return f"at most {high}" if self.below is None else f"less than {high}"
        return "finite"


def _is_finite(value: float) -> bool:
    return -math.inf < value < math.inf  # also for an integer that no float can hold


def flag_name(field: dataclasses.Field) -> str:
    """The flag that sets `field`."""
    return field.metadata["flag"] or field.name


def setting_fields(owner: Any) -> dict[str, dataclasses.Field]:
    """The settings of a dataclass or of an object of it, by name."""
    return {field.name: field for field in dataclasses.fields(owner) if "about" in field.metadata}


def check_settings(owner: Any) -> None:
    """Raises `ValueError` for a setting of the dataclass object `owner` that has another type, or is out of range."""
    for name, field in setting_fields(owner).items():
        value, choices, allowed = getattr(owner, name), field.metadata["choices"], field.metadata["range"]
        if not _is_of(field.type, value):
            raise ValueError(f"{name}={value!r}: expected {getattr(field.type, '__name__', field.type)}")
        if choices and value not in choices:
            raise ValueError(f"{name}={value}: the choices are {', '.join(choices)}")
        if field.type in (int, float) and value not in allowed:
            raise ValueError(f"{name}={value}: must be {allowed}"
                             + ("" if _is_finite(value) or str(allowed) == "finite" else ", and finite"))


def _is_of(kind: type, value: Any) -> bool:
    if kind in (int, float) and isinstance(value, bool):
        return False
    if kind is float:
        return isinstance(value, (int, float))
    return not isinstance(kind, type) or isinstance(value, kind)


class Assembly(Protocol):
    """The parts of one run together with its own settings: what `wirgan_tf.config.Config` is to parts."""

    model: str
    family: Any
    network: Any
    objective: Any  # None in a family without adversaries, and so is `penalty`
    penalty: Any
    optimizer: Any
    learning_rate_decay: Any
    batch_size: int
    iterations: int
    seed: int
    mixed_precision: bool
    jit_compile: bool


@dataclasses.dataclass(frozen=True)
class Part:
    """A choice with its settings. Raises `ValueError` for a setting out of its range.

    name: the one under which it is registered; set by its registry.
    """

    name: ClassVar[str] = ""

    def __post_init__(self):
        check_settings(self)

    def unused(self, config: Assembly) -> dict[str, str]:
        """Settings of this part that other values switch off, each with the reason."""
        del config
        return {}

    def check(self, config: Assembly) -> None:
        """Raises `ValueError` when this part does not go together with the others; the message names what would."""

    def settings(self) -> dict[str, Any]:
        """The values of its settings by name."""
        return {name: getattr(self, name) for name in setting_fields(self)}


PartClass = TypeVar("PartClass", bound=type[Part])


class PartRegistry(Registry[PartClass]):
    """A registry of classes of parts, which gives each class the name under which it is registered."""

    def register(self, name: str, choice: PartClass) -> None:
        """Adds a class. Raises `ValueError` for a name that is taken, and for a class that already has another name."""
        if vars(choice).get("name", name) != name:
            raise ValueError(f"{choice.__name__} is registered as {choice.name} and as {name}")
        super().register(name, choice)
        choice.name = name

    def having(self, setting_name: str) -> list[str]:
        """Names of the parts that have a setting `setting_name`."""
        return [name for name, part in self.items() if setting_name in setting_fields(part)]
