"""What a study is: runs, training seeds, measures and comparisons, read from a TOML file."""

import dataclasses
import difflib
import itertools
import pathlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wirgan_tf import flagfiles
from wirgan_tf.evaluation import MEASURES
from wirgan_tf.registry import Registry
from wirgan_tf.studies.layout import file_name
from wirgan_tf.studies.paper import sections
from wirgan_tf.studies.results import Group
from wirgan_tf.studies.toml import tomllib

_OWN_FLAGS = {  # and what to do instead
    "seed": "use the study's seeds", "report_samples": "use the study's num_samples",
    "num_samples": "use the study's num_samples", "measures": "a run's own are named metrics",
    "classifiers": "give --classifiers beside --study", "run_dir": "", "mode": "", "eval_all_metrics": "", "debug": ""}
_NOT_IN_FLAGFILES = ("metrics", "features", "help", "helpfull")
_EXPECTED = {str: "a text in quotes", int: "a whole number", bool: "true or false"}
_CHOICES = {"split": ("test", "validation"), "checkpoint": ("newest", "best")}
_MEASURING = ("--metrics=", "--features=")
_NAME = re.compile(r"[\w .,=+()-]+")


LAYOUTS: Registry[Callable[[Sequence[Group], pathlib.Path], str]] = Registry("layout", {"gp_wirgan_paper": sections})


@dataclasses.dataclass(frozen=True)
class PlannedRun:
    """One training run of a study.

    group: name of the runs that differ from it in the training seed alone.
    seed: the one that it is trained with.
    flags: of `--mode=train`, without those that say where the run is.
    """

    group: str
    seed: int
    flags: tuple[str, ...]

    @property
    def folder(self) -> str:
        """Name of its folder."""
        return f"{file_name(self.group)}_seed{self.seed}"

    @property
    def measuring(self) -> tuple[str, ...]:
        """Those of its flags that say what is measured, when this differs from the study."""
        return tuple(flag for flag in self.flags if flag.startswith(_MEASURING))


@dataclasses.dataclass(frozen=True)
class Study:
    """Runs to train and to compare.

    title, about: for the report; `about` is Markdown.
    seeds: each group of runs is trained with each of them.
    groups: flags of `--mode=train` by the name of a group.
    measures: of each run on the images of `split`.
    num_samples: how many samples each run is measured by, or as many as `split` has images.
    split: "test", to report, or "validation", to choose settings by.
    checkpoint: "newest", or "best" by the validation images.
    features: the feature network; "" for the data set's classifier, or pixels when it has not been trained.
    train_classifiers: whether the data sets' classifiers are trained first where they are missing.
    comparisons: pairs of groups: the first is said to be better or worse than the second.
    gam: whether the critics of all runs of a data set and a seed judge each other's samples, see `--mode=gam`.
    toy: whether the study of points in the plane is run too, see `--mode=toy`.
    layout: name of further sections of the report; "" for none.
    """

    title: str
    seeds: tuple[int, ...]
    groups: Mapping[str, tuple[str, ...]]
    about: str = ""
    measures: tuple[str, ...] = ("fid", "kid", "is", "precision_recall")
    num_samples: int = 1000
    split: str = "test"
    checkpoint: str = "newest"
    features: str = ""
    train_classifiers: bool = False
    comparisons: tuple[tuple[str, str], ...] = ()
    gam: bool = False
    toy: bool = False
    layout: str = ""

    def runs(self) -> list[PlannedRun]:
        """All runs: every group with the first seed, then with the next: groups can be compared before all are done."""
        return [PlannedRun(name, seed, flags) for seed in self.seeds for name, flags in self.groups.items()]

    def flags_of_report(self) -> list[str]:
        """Flags of the measures, for training and evaluation alike."""
        return [f"--metrics={','.join(self.measures)}", *([f"--features={self.features}"] if self.features else [])]


def read_study(path: pathlib.Path) -> Study:
    """The study in a TOML file; a `flagfile` in it is found from the file's folder.

    Raises: `FileNotFoundError` when there is no such file, `ValueError` for what is not a study, naming the key.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no study {path}; give --study the path of a .toml file, as "
                                "studies/digits_quick.toml")
    try:
        return parse_study(tomllib.loads(path.read_text()), path.parent)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def parse_study(table: Mapping[str, Any], folder: pathlib.Path) -> Study:
    """The study of a parsed file in `folder`. Raises `ValueError` for what is not a study, naming the key."""
    keys = {field.name for field in dataclasses.fields(Study)} - {"groups"} | {"every_run", "runs"}
    for key in table:
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            raise ValueError(f"unknown key {key!r}; " + (
                f"did you mean {near[0]!r}?" if near else
                f"a study has {', '.join(sorted(keys))}, and settings of runs stand in [every_run] or [runs.NAME]"))
    for key in ("title", "seeds", "runs"):
        if table.get(key) in (None, "", [], {}):
            raise ValueError(f"a study needs {key}")
    groups = _groups(_table(table, "runs"), _table(table, "every_run"), folder)
    own = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
           if key not in ("every_run", "runs", "comparisons")}
    pairs = table.get("comparisons", [[name, first] for first, *others in [list(groups)] for name in others])
    if not isinstance(pairs, list):
        raise ValueError(f"comparisons={pairs!r}: expected a list of pairs of names, as [['A', 'B']]")
    study = Study(**own, groups=groups, comparisons=tuple(_pair(pair, groups) for pair in pairs))
    _check(study)
    return study


def _check(study: Study) -> None:
    for field in dataclasses.fields(Study):
        if field.type in (str, int, bool) and type(getattr(study, field.name)) is not field.type:
            raise ValueError(f"{field.name}={getattr(study, field.name)!r}: expected {_EXPECTED[field.type]}")
    if not isinstance(study.seeds, tuple) or not all(type(seed) is int for seed in study.seeds):
        raise ValueError(f"seeds={study.seeds!r}: expected a list of whole numbers, as [0, 1, 2]")
    if not isinstance(study.measures, tuple):
        raise ValueError(f"measures={study.measures!r}: expected a list of names, as ['fid', 'is']")
    if not study.measures:
        raise ValueError("measures is empty; name one or more, as ['fid', 'is']")
    for name in study.measures:
        MEASURES[name]
    if study.layout:
        LAYOUTS[study.layout]
    if len(set(study.seeds)) != len(study.seeds):
        raise ValueError(f"seeds={list(study.seeds)}: each is to be given once")
    if study.num_samples < 1:
        raise ValueError(f"num_samples={study.num_samples}: must be at least 1")
    for name, choices in _CHOICES.items():
        if getattr(study, name) not in choices:
            raise ValueError(f"{name}={getattr(study, name)}: the choices are {', '.join(choices)}")
    if study.gam and study.split != "test":
        raise ValueError(f"gam=true: battles are fought on test images; leave out split={study.split!r}")
    folders = [run.folder for run in study.runs()]
    if twice := {folder for folder in folders if folders.count(folder) > 1}:
        raise ValueError(f"the names of two runs give the same folder, {min(twice)}; let them differ in letters or "
                         "digits")


def _table(table: Mapping[str, Any], key: str, heading: str = "") -> Mapping[str, Any]:
    found = table.get(key, {})
    if not isinstance(found, Mapping):
        raise ValueError(f"{key}={found!r}: expected a table, as [{heading or key}]")
    return found


def _groups(runs: Mapping[str, Any], every: Mapping[str, Any], folder: pathlib.Path) -> dict[str, tuple[str, ...]]:
    """Flags by group. A setting with a list of values makes a group for each; `{setting}` in the name names it."""
    groups: dict[str, tuple[str, ...]] = {}
    for pattern in runs:
        settings = _table(runs, pattern, f"runs.{pattern}")
        several = {name: value for name, value in settings.items() if isinstance(value, list)}
        for name, values in several.items():
            if not values:
                raise ValueError(f"runs.{pattern!r}: {name} is an empty list; give one value or more")
        for values in itertools.product(*several.values()):
            chosen = dict(zip(several, values, strict=True))
            name = _formatted(pattern, chosen)
            if name in groups:
                raise ValueError(f"runs.{pattern!r} makes the group {name!r} twice; let its name have "
                                 f"{' and '.join(f'{{{setting}}}' for setting in several) or 'other words'}")
            groups[name] = _flags(name, every, {**settings, **chosen}, folder)
    return groups


def _formatted(pattern: str, chosen: Mapping[str, Any]) -> str:
    try:
        name = pattern.format_map(chosen)
    except (KeyError, ValueError, IndexError) as error:
        raise ValueError(f"runs.{pattern!r}: {{...}} in a name stands for a setting with a list of values; these have "
                         f"one: {', '.join(chosen) or 'none'}") from error
    if not _NAME.fullmatch(name):
        raise ValueError(f"runs.{name!r}: a name has letters, digits, spaces and any of . , = + ( ) - _")
    return name


def _flags(name: str, every: Mapping[str, Any], own: Mapping[str, Any], folder: pathlib.Path) -> tuple[str, ...]:
    """Flagfiles first, that of every run before the run's own, so that the study's own settings win."""
    of_every, of_own = _written("every_run", every), _written(f"runs.{name!r}", own)
    files = [f"--flagfile={_flagfile(settings['flagfile'], folder)}" for settings in (every, own)
             if "flagfile" in settings]
    return (*files, *of_every, *of_own)


def check_flagfiles(flags: Sequence[str]) -> None:
    """Raises `ValueError` for flagfiles of `flags` that are not there, or ask for other measures or for help."""
    for flag in flags:
        if flag.startswith("--flagfile="):
            for word in flagfiles.expanded([flag]):
                setting = word.lstrip("-").partition("=")[0]
                if setting in _NOT_IN_FLAGFILES:
                    file = flag.removeprefix("--flagfile=")
                    raise ValueError(f"{file} sets {setting}, which is not for the flagfile of a run in a study; leave "
                                     "it out")


def _flagfile(name: str, folder: pathlib.Path) -> pathlib.Path:
    """The file, from the study's folder, or the packaged one of that name."""
    path, known = folder / name, flagfiles.packaged()
    return known.get(name.removesuffix(".flags"), path) if not path.exists() else path


def _written(where: str, settings: Mapping[str, Any]) -> list[str]:
    """Flags of the settings. Raises `ValueError` for values that no flag has, or that are the study's to set."""
    flags = []
    for setting, value in settings.items():
        if setting in _OWN_FLAGS:
            instead = f"; {_OWN_FLAGS[setting]}" if _OWN_FLAGS[setting] else ""
            raise ValueError(f"{where}: {setting} is not for a run to set{instead}")
        if not isinstance(value, str | int | float) or (setting == "flagfile" and not isinstance(value, str)):
            expected = "a text in quotes" if setting == "flagfile" else "a string, a number, true or false"
            lists = "; a list of values may stand in a table of runs alone" if isinstance(value, list) else ""
            raise ValueError(f"{where}: {setting}={value!r}: expected {expected}{lists}")
        if setting != "flagfile":
            flags.append(f"--{setting}={str(value).lower() if isinstance(value, bool) else value}")
    return flags


def _pair(pair: Any, groups: Sequence[str] | Mapping[str, Any]) -> tuple[str, str]:
    if not isinstance(pair, list) or len(pair) != 2 or pair[0] == pair[1]:
        raise ValueError(f"comparisons has {pair!r}; expected two different names of runs, as ['A', 'B']")
    for name in pair:
        if name not in groups:
            raise ValueError(f"comparisons has {name!r}, which is no run; the runs are: {', '.join(groups)}")
    return pair[0], pair[1]
