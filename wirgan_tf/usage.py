"""The texts of `--help` and `--helpfull`."""

import dataclasses
import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wirgan_tf.commands import MODES, Mode
from wirgan_tf.config import AXES, Config
from wirgan_tf.data import DATASETS
from wirgan_tf.parts import Part, flag_name, setting_fields
from wirgan_tf.presets import PRESETS

REGISTRIES = {"dataset": DATASETS, **AXES}
_WIDEST = 120
_COLUMN = 36  # where explanations begin


class Flag(NamedTuple):
    """A flag as it is explained.

    name: of the flag.
    defaults: its default, or several where the models of a mode differ.
    about: what it is.
    notes: the values that it takes, and other names.
    """

    name: str
    defaults: Sequence[Any]
    about: str
    notes: Sequence[str] = ()


def explain_mode(mode: type[Mode], configs: Sequence[Config], given: Mapping[str, Any]) -> str:
    """The text of `--help`: the flags of a mode, and the settings of `configs` when they are flags of it too.

    given: values of the mode's own flags given with `--help`, in place of their defaults.
    """
    lines = [f"usage: wirgan_tf --mode={mode.name} [--flagfile=FILE] [--name=value ...]", *_wrapped(_about(mode))]
    if mode.takes_run:
        lines += _wrapped("The flags that apply, with the values that they have here. Another --model, --network, "
                          "--objective, --flagfile, ... brings flags and values of its own: give it beside --help.")
    lines += _wrapped(f"Other modes: {', '.join(name for name in MODES if name != mode.name)}. --helpfull explains "
                      "everything.")
    lines += ["", f"--mode={mode.name}", *_explained(_own(mode, given))]
    if mode.takes_run:
        lines += ["", "every run", *_explained(_run(configs))]
    for axis in mode.axes:
        parts = [config.data if axis == "dataset" else config.parts.get(axis) for config in configs]
        if chosen := list(dict.fromkeys(part for part in parts if part is not None)):
            names = dict.fromkeys(config.dataset for config in configs) if axis == "dataset" else dict.fromkeys(
                part.name for part in chosen)
            heading = Flag(axis, list(names), "", [_choices(REGISTRIES[axis])])
            lines += ["", *_lines(heading, indent=""), *_explained(_settings(chosen))]
    return "\n".join(lines)


def explain_everything() -> str:
    """The text of `--helpfull`: every mode and every part, with their own defaults."""
    lines = ["usage: wirgan_tf [--mode=MODE] [--flagfile=FILE] [--name=value ...]"]
    for name, mode in MODES.items():
        lines += ["", f"--mode={name}", *_wrapped(_about(mode)), *_explained(_own(mode, {}))]
    lines += ["", "every run", *_explained(_run([Config()]))]
    for axis, registry in REGISTRIES.items():
        for name, part in registry.items():
            fields = setting_fields(part)
            lines += ["", f"--{axis}={name}",
                      *_explained([_flag(field, [field.default]) for field in fields.values()])]
    return "\n".join(lines)


def _about(mode: type[Mode]) -> str:
    return mode.__doc__.partition("\n\n")[0]


def _own(mode: type[Mode], given: Mapping[str, Any]) -> list[Flag]:
    """The flags of a mode, those of its own class first."""
    fields, ordered = setting_fields(mode), {}
    for owner in mode.__mro__:
        ordered |= {name: fields[name] for name in vars(owner).get("__annotations__", {})
                    if name in fields and name not in ordered}
    short = {name: f"short: --{form}" for form, name in mode.short_forms.items()}
    return [_flag(field, [given.get(name, field.default)], [short[name]] if name in short else [])
            for name, field in ordered.items()]


def _run(configs: Sequence[Config]) -> list[Flag]:
    """The settings that every run has, except the data set, which has a heading of its own."""
    fields = {name: field for name, field in setting_fields(Config).items() if name != "dataset"}
    return [_flag(field, [getattr(config, name) for config in configs],
                  [_choices(PRESETS)] if name == "model" else []) for name, field in fields.items()]


def _settings(parts: Sequence[Part]) -> list[Flag]:
    fields = {name: field for part in parts for name, field in setting_fields(part).items()}
    return [_flag(field, [getattr(part, name) for part in parts if name in setting_fields(part)])
            for name, field in fields.items()]


def _flag(field: dataclasses.Field, defaults: Iterable[Any], notes: Sequence[str] = ()) -> Flag:
    limits = str(field.metadata["range"]) if field.type in (int, float) else ""
    found = [", ".join(field.metadata["choices"]), "" if limits == "finite" else limits, *notes]
    return Flag(flag_name(field), list(dict.fromkeys(defaults)), field.metadata["about"],
                [note for note in found if note])


def _choices(names: Mapping[str, Any]) -> str:
    return ", ".join(names)


def _explained(flags: Iterable[Flag]) -> list[str]:
    return [line for flag in flags for line in _lines(flag, indent="  ")]


def _lines(flag: Flag, indent: str) -> list[str]:
    name = f"{indent}--{flag.name}={' or '.join(_shown(default) for default in flag.defaults)}"
    notes = f"({'; '.join(flag.notes)})" if flag.notes else ""
    first = name.ljust(_COLUMN) if len(name) < _COLUMN else f"{name}  "
    return _wrapped(" ".join(part for part in (flag.about, notes) if part), first, " " * _COLUMN)


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    return textwrap.wrap(" ".join(text.split()), width, initial_indent=first, subsequent_indent=rest,
                         break_on_hyphens=False, break_long_words=False) or [first.rstrip()]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(value) if isinstance(value, tuple) else str(value)
