"""Whatever is registered has what CONTRIBUTING.md asks for; each failure names what is missing and where."""

import ast
import functools
import inspect
import json
import pathlib
import re
import sys

import pytest

from wirgan_tf.config import AXES, Config
from wirgan_tf.data import DATASETS
from wirgan_tf.evaluation import MEASURES
from wirgan_tf.objectives import OBJECTIVES
from wirgan_tf.objectives.penalties import SlopePenalty
from wirgan_tf.parts import flag_name, setting_fields
from wirgan_tf.presets import PRESETS

ROOT = pathlib.Path(__file__).parents[1]
REFERENCE = "docs/reference.md"
# The registries by the flag that chooses from them, which heads their section of the reference.
REGISTRIES = {"model": PRESETS, "dataset": DATASETS, **AXES, "metrics": MEASURES}
# Registries whose parts come from a source that their files name, and the folders of those files.
SOURCED = {"objective": "objectives", "penalty": "objectives", "network": "networks", "family": "models"}
# Registries whose parts are tested by a row of a table: its file, and its name there.
TABLES = {"objective": ("tests/objectives/test_losses.py", "EXPECTED"),
          "penalty": ("tests/objectives/test_penalties.py", "LINEAR"),
          "network": ("tests/networks/shapes.py", "SHAPES")}
# Registries whose names each have a flagfile that trains by them.
WITH_FLAGFILES = ("model", "dataset", "objective", "network", "family")


@functools.cache
def rows_of_reference() -> dict[str, list[str]]:
    """The names in the first columns of the tables of the reference's sections, by the flag in the section's title."""
    rows, flag = {}, ""
    for line in (ROOT / REFERENCE).read_text().splitlines():
        if line.startswith("## "):
            flag = line.partition("(`--")[2].partition("`")[0]
        elif line.startswith("| `"):
            rows.setdefault(flag, []).append(line.split("`")[1])
    return rows


@functools.cache
def table_keys(path: str, table: str) -> list[str]:
    """The keys of the dictionary `table` in the Python file `path`."""
    for statement in ast.parse((ROOT / path).read_text()).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == table:
            return [ast.literal_eval(key) for key in statement.value.keys]
    raise LookupError(f"{path} has no table {table}")


@functools.cache
def flagfile_choices() -> list[dict[str, str]]:
    """What each flagfile trains: names by the flag that chooses them."""
    found = []
    for path in sorted((ROOT / "configs").glob("*.flags")):
        flags = dict(line[2:].partition("=")[::2] for line in path.read_text().splitlines() if line.startswith("--"))
        config = Config(**{name: value for name, value in flags.items() if name in ("model", "dataset", *AXES)})
        found.append({name: value for name, value in config.settings().items() if name in REGISTRIES})
    return found


def missing_of(flag: str, name: str) -> list[str]:
    """What the choice `name` lacks, each as the file and what belongs there."""
    missing, part = [], REGISTRIES[flag][name]
    if name not in rows_of_reference().get(flag, []):
        missing.append(f"{REFERENCE}: a row `{name}` in the section (`--{flag}`)")
    if flag in SOURCED and name != "none":
        path = pathlib.Path(inspect.getfile(part))
        described = f"{sys.modules[part.__module__].__doc__} {part.__doc__}"
        if path.parent != ROOT / "wirgan_tf" / SOURCED[flag]:
            missing.append(f"wirgan_tf/{SOURCED[flag]}/: its class, which is in {path}")
        if not re.search(r"\b(19|20)\d\d\b", described):
            missing.append(f"{path.relative_to(ROOT)}: its source with the year, in a docstring")
    if flag == "objective":
        missing += [f"{inspect.getfile(part)}: the equation as docstring of {method}"
                    for method in ("critic_loss", "generator_loss") if not getattr(part, method).__doc__]
    if flag in TABLES and (flag != "penalty" or issubclass(part, SlopePenalty)):
        path, table = TABLES[flag]
        if name not in table_keys(path, table):
            missing.append(f"{path}: a row {name!r} in {table}")
    if flag in WITH_FLAGFILES and name not in {choices.get(flag) for choices in flagfile_choices()}:
        missing.append(f"configs/: a flagfile that trains with --{flag}={name}")
    return missing


@pytest.mark.parametrize(("flag", "name"), [(flag, name) for flag, registry in REGISTRIES.items() for name in registry])
def test_nothing_is_missing(flag, name):
    if missing := missing_of(flag, name):
        pytest.fail("missing:\n" + "\n".join(missing), pytrace=False)


@pytest.mark.parametrize("flag", REGISTRIES)
def test_the_reference_has_no_other_rows(flag):
    assert [name for name in rows_of_reference()[flag] if name not in REGISTRIES[flag]] == []


@pytest.mark.parametrize("flag", TABLES)
def test_the_tables_of_tests_have_no_other_rows(flag):
    assert [name for name in table_keys(*TABLES[flag]) if name not in REGISTRIES[flag]] == []


def test_a_choice_that_is_not_there_lacks_everything(monkeypatch):
    """So that the test above can fail, and says what to do."""
    class Undocumented(OBJECTIVES["hinge"]):
        def critic_loss(self, scores):
            return scores

    monkeypatch.setitem(REGISTRIES, "objective", {"another": Undocumented})
    found = missing_of("objective", "another")
    assert [line.partition(":")[0].removeprefix(f"{ROOT}/") for line in found] == [
        REFERENCE, "wirgan_tf/objectives/", "tests/test_contributing.py", "tests/test_contributing.py",
        "tests/objectives/test_losses.py", "configs/"]
    assert found[0] == f"{REFERENCE}: a row `another` in the section (`--objective`)"
    assert found[-2] == "tests/objectives/test_losses.py: a row 'another' in EXPECTED"
    assert found[-1] == "configs/: a flagfile that trains with --objective=another"


@functools.cache
def settings_in_reference() -> list[tuple[str, set[str], set[str]]]:
    """The rows of the table of settings: an axis, names of parts on it (all of them when it has none), their flags."""
    section = (ROOT / REFERENCE).read_text().partition("## Settings of parts")[2].partition("\n## ")[0]
    rows = []
    for line in section.splitlines():
        if line.startswith("| `--"):
            parts, flags = line.split("|")[1:3]
            axis, _, names = parts.strip(" `-").partition("=")
            rows.append((axis, set(names.split(",")) if names else set(REGISTRIES[axis]),
                         set(re.findall(r"`--(\w+)`", flags))))
    return rows


@pytest.mark.parametrize(("axis", "name"), [(axis, name) for axis in ("dataset", *AXES) for name in REGISTRIES[axis]])
def test_the_reference_lists_a_parts_settings(axis, name):
    found = set().union(*(flags for of, names, flags in settings_in_reference() if of == axis and name in names))
    expected = {flag_name(field) for field in setting_fields(REGISTRIES[axis][name]).values()}
    if found != expected:
        pytest.fail(f"{REFERENCE}, Settings of parts, --{axis}={name}: missing {sorted(expected - found)}, "
                    f"not its settings {sorted(found - expected)}", pytrace=False)


def test_presets_with_golden_numbers_are_still_there():
    golden = json.loads((ROOT / "tests" / "models" / "golden_numbers.json").read_text())
    assert [name for name in golden if name not in PRESETS] == []
