"""The command line: which command its arguments ask for.

The arguments are read twice. The first look finds the mode; the second one knows the flags of that mode and refuses all
others, naming the modes that have them. `--help` ignores unknown flags.
"""

import dataclasses
import difflib
import os
from collections.abc import Mapping, Sequence
from typing import Any

from absl import flags

from wirgan_tf import flagfiles
from wirgan_tf.commands import MODES, Mode
from wirgan_tf.config import Config
from wirgan_tf.parts import flag_name, setting_fields
from wirgan_tf.usage import REGISTRIES, explain_everything, explain_mode

_DEFINE = {str: flags.DEFINE_string, int: flags.DEFINE_integer, float: flags.DEFINE_float, bool: flags.DEFINE_boolean,
           tuple[str, ...]: flags.DEFINE_multi_string}
_EXPECTED = {int: "a whole number", float: "a number", bool: "true or false"}
_OF_EVERY_MODE = {"mode": str, "help": bool, "helpfull": bool}


def parse(arguments: Sequence[str]) -> Mode | None:
    """The command that `arguments` ask for, the program's name first; None when they ask for help, which is printed.

    Raises: `ValueError` for flags that the mode does not have, values of the wrong type or out of range, and flags that
    would have no effect.
    """
    words = _with_flagfiles(arguments[1:])
    first = _first_look(words)
    mode = MODES[first.get("mode", "train")]
    if first.get("helpfull"):
        print(explain_everything())
        return None
    if first.get("help"):
        print(_explained(words, mode))
        return None
    return _second_look(words, mode)


def _with_flagfiles(words: Sequence[str]) -> list[str]:
    read = flagfiles.expanded(words)
    if undefok := [word for word in read if word.lstrip("-").partition("=")[0] == "undefok" and word.startswith("-")]:
        raise ValueError(f"unknown flag {undefok[0]}")  # absl would ignore the flags that it names
    return read


def _first_look(words: Sequence[str]) -> dict[str, Any]:
    return _values(words, _OF_EVERY_MODE, {"h": "help"}, known_only=True)[0]


def _explained(words: Sequence[str], kind: type[Mode]) -> str:
    """The text of `--help`, with the values that the other flags give."""
    kinds = _OF_EVERY_MODE | flag_kinds(kind)
    given, _ = _values(words, kinds, {**kind.short_forms, "h": "help"}, known_only=True)
    own = {flag_name(field): name for name, field in setting_fields(kind).items()}
    changes = {name: value for name, value in given.items() if name not in own and name not in _OF_EVERY_MODE}
    return explain_mode(kind, kind.configs(given.get("run_dir", ""), changes),
                        {own[name]: value for name, value in given.items() if name in own})


def _second_look(words: Sequence[str], kind: type[Mode]) -> Mode:
    own = {flag_name(field): field for field in setting_fields(kind).values()}
    of_runs = _run_settings(kind)
    kinds = _OF_EVERY_MODE | flag_kinds(kind)
    try:
        given, rest = _values(words, kinds, kind.short_forms)
    except flags.UnrecognizedFlagError as error:
        raise ValueError(_who_has(error.flagname, kind)) from error
    if rest:
        hint = f"did you mean --mode={rest[0]}?" if rest[0] in MODES else (
            "flags are written --name=value, values with spaces in quotes; see --help")
        raise ValueError(f"unexpected argument {rest[0]!r}; {hint}")
    paths = {name for name, field in {**of_runs, **own}.items() if field.metadata["path"]}
    given = {name: _whole_path(name, value) if name in paths else value for name, value in given.items()
             if name not in _OF_EVERY_MODE}
    mode = kind(changes={name: value for name, value in given.items() if name not in own},
                **{field.name: given[name] for name, field in own.items() if name in given})
    for name, reason in mode.unused().items():
        if name in given:
            raise ValueError(f"{name} has no effect: {reason}; leave it out")
    return mode


def flag_kinds(kind: type[Mode]) -> dict[str, Any]:
    """The flags of a mode, its own and those of runs, with the types of their values."""
    axes = dict.fromkeys(kind.axes, str)
    of_runs = {name: field.type for name, field in _run_settings(kind).items()}
    return axes | of_runs | {flag_name(field): field.type for field in setting_fields(kind).values()}


def _run_settings(kind: type[Mode]) -> dict[str, dataclasses.Field]:
    """Settings of runs that are flags of a mode. Those of parts that were not chosen are for `Config` to refuse."""
    fields = dict(setting_fields(Config)) if kind.takes_run else {}
    for axis in kind.axes:
        for part in REGISTRIES[axis].values():
            fields |= setting_fields(part)
    return fields


def _values(words: Sequence[str], kinds: Mapping[str, Any], short_forms: Mapping[str, str],
            known_only: bool = False) -> tuple[dict[str, Any], list[str]]:
    """The values of the flags in `words`, by name, the last of each; and the other words.

    Raises: `flags.UnrecognizedFlagError` for a flag that is not in `kinds`, unless `known_only`; `ValueError`.
    """
    values = flags.FlagValues()
    values.set_gnu_getopt()
    kinds = {**kinds, **{short: kinds[name] for short, name in short_forms.items()}}
    for name, kind in kinds.items():
        _DEFINE[kind](name, None, "", flag_values=values)
    try:
        _, *rest = values(["", *words], known_only=known_only)
    except flags.UnrecognizedFlagError:
        raise
    except flags.Error as error:
        raise _in_our_words(error, kinds) from error
    found = {name: values[name].value for name in values if values[name].present}
    for short, name in short_forms.items():
        if short in found and name in found:
            raise ValueError(f"--{short} is short for --{name}, and both were given; leave one of them out")
        if short in found:
            found[name] = found.pop(short)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}, rest


def _in_our_words(error: flags.Error, kinds: Mapping[str, Any]) -> ValueError:
    """The error of absl in one line, and, for a value of the wrong type, what was expected."""
    text = " ".join(str(error).removeprefix("ERROR:: ").split())
    flag, _, _ = text.partition(": ")
    name = flag.removeprefix("flag --").partition("=")[0]
    if isinstance(error, flags.IllegalFlagValueError) and kinds[name] in _EXPECTED:
        return ValueError(f"{flag}: expected {_EXPECTED[kinds[name]]}")
    return ValueError(text)


def _who_has(name: str, kind: type[Mode]) -> str:
    """Why a mode does not have the flag `name`: which modes have it, or which name is similar."""
    if name in kind.renamed:
        return f"--{name} is now --{kind.renamed[name]}"
    known = {other: set(flag_kinds(mode)) | set(mode.short_forms) for other, mode in MODES.items()}
    for flag in (name, name.removeprefix("no")):
        if having := [f"--mode={other}" for other, names in known.items() if flag in names]:
            return (f"--{flag} is a flag of {_listed(having)}, and --mode={kind.name}, which was asked for, does not "
                    "use it; leave it out")
    if name == "version":
        return "--version stands alone, and prints the version of the program"
    near = difflib.get_close_matches(name, known[kind.name] | {"mode", "help", "flagfile"}, n=1)
    return f"unknown flag --{name}" + (f"; did you mean --{near[0]}?" if near else f"; see --mode={kind.name} --help")


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _whole_path(name: str, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """A path with its home folder written out. Raises `ValueError` for an address instead of a path."""
    if isinstance(value, tuple):
        return tuple(_whole_path(name, one) for one in value)
    if "://" in value:
        raise ValueError(f"{name}={value}: expected a path on this machine, not an address")
    path = os.path.expanduser(value)
    if path.startswith("~"):
        raise ValueError(f"{name}={value}: there is no home folder {path.split('/')[0]}; write ./{value} for a folder "
                         "of that name")
    return path
