"""What CONTRIBUTING.md says of adding an objective is true, and done for every objective."""

import dataclasses
import pathlib
import re
import sys

import pytest

from wirgan_tf.command_line import parse
from wirgan_tf.config import Config
from wirgan_tf.objectives import OBJECTIVES, PENALTIES, build_objective

ROOT = pathlib.Path(__file__).parents[1]
SECTION = (ROOT / "CONTRIBUTING.md").read_text().split("## Adding an objective")[1].split("\n## ")[0]
EXAMPLES = re.findall(r"`([\w./]+)`[^`]*(?:`[^`\n]+`[^`]*)*?\n```(?:python)?\n(.*?)```\n", SECTION, re.DOTALL)


def test_the_example_is_the_code():
    assert [path for path, _ in EXAMPLES] == [
        "wirgan_tf/objectives/hinge.py", "wirgan_tf/objectives/__init__.py", "tests/objectives/test_losses.py",
        "docs/reference.md", "configs/digits_sngan_t1.flags"]
    for path, example in EXAMPLES:
        assert example in (ROOT / path).read_text(), path
    assert EXAMPLES[0][1] == (ROOT / EXAMPLES[0][0]).read_text()


def test_the_table_of_losses_has_no_other_rows():
    table = (ROOT / "tests" / "objectives" / "test_losses.py").read_text().split("EXPECTED = {")[1].split("\n}")[0]
    assert re.findall(r'^    "(\w+)": \(', table, re.MULTILINE) == list(OBJECTIVES)


@pytest.mark.parametrize("name", OBJECTIVES)
class TestEveryObjective:
    def test_has_a_file_that_names_its_source(self, name):
        kind = type(build_objective(Config(objective=name)))
        module = sys.modules[kind.__module__]
        assert pathlib.Path(module.__file__).parent == ROOT / "wirgan_tf" / "objectives"
        assert re.search(r"\d{4}", module.__doc__)
        assert all(getattr(kind, loss).__doc__ for loss in ("critic_loss", "generator_loss"))

    def test_has_its_row_in_the_table_of_losses(self, name):
        assert f'\n    "{name}": (' in (ROOT / "tests" / "objectives" / "test_losses.py").read_text()

    def test_has_its_row_in_the_reference(self, name):
        objectives = (ROOT / "docs" / "reference.md").read_text().split("## Objectives")[1].split("\n## ")[0]
        assert f"\n| `{name}` | " in objectives

    def test_has_a_flagfile(self, name):
        flagfiles = (ROOT / "configs").glob("*.flags")
        assert name in {parse(["main", f"--flagfile={path}"]).config().objective for path in flagfiles}


class Reads:
    """A config that notes which of its fields are read."""

    def __init__(self):
        self.names = set()

    def __getattr__(self, name):
        self.names.add(name)
        return getattr(Config, name)


@pytest.mark.parametrize(("kind", "registry"), [("objective", OBJECTIVES), ("penalty", PENALTIES)])
def test_hyperparameters_say_what_they_are_for(kind, registry):
    """So that the command line can refuse those that would have no effect."""
    for name, build in registry.items():
        config = Reads()
        build(config)
        declared = {field.name for field in dataclasses.fields(Config)
                    if field.metadata["only_for"][:1] == (kind,) and name in field.metadata["only_for"][1:]}
        assert config.names == declared, name
