"""The architecture: rooms import only from rooms below them."""

import ast
import pathlib

import pytest

PACKAGE = pathlib.Path(__file__).parents[1] / "wirgan_tf"
FLOORS = {
    "parts": 0, "registry": 0, "files": 0, "noise": 0, "pictures": 0, "__init__": 0, "presets": 0, "replicas": 0,
    "entries": 0, "environment": 0, "reflection": 0, "tables": 0, "guide": 0, "flagfiles": 0, "texts": 0,
    "resources": 0, "sentence_encoders": 0, "wording": 0,
    "data": 1, "networks": 1, "objectives": 2, "models": 3, "config": 4, "training": 5, "translation": 5,
    "evaluation": 6, "exporting": 6, "serving": 7, "bulk": 7, "toy": 7, "studies": 7,
    "command_line": 8, "outputs": 8, "commands": 8, "usage": 8, "main": 9, "library": 9, "__main__": 10,
}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "wirgan_tf":
            parts = node.module.split(".")[1:]
            yield from parts[:1] or [name.name for name in node.names if name.name in FLOORS]
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[1] for name in node.names if name.name.startswith("wirgan_tf."))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path):
    mine = room(path)
    above = [other for other in imported_rooms(path) if other != mine and FLOORS[other] > FLOORS[mine]]
    beside = [other for other in imported_rooms(path)
              if other != mine and FLOORS[other] == FLOORS[mine] and FLOORS[mine] in (1, 6)]
    assert above == []
    assert beside == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_assert_stands_for_an_error(path):
    assert not [node.lineno for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Assert)]


def test_no_module_of_the_benchmarks_is_named_like_a_folder_that_commands_make():
    """The linter would take the folder for the module, and sort its import elsewhere once `make demo` has run."""
    root = PACKAGE.parent
    made = {line.strip("/\n").split("/")[0] for line in (root / ".gitignore").read_text().splitlines()}
    assert "runs" in made
    assert not made & {path.stem for path in (root / "benchmarks").glob("*.py")}
