"""How the package is installed."""

import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
import release_notes
import yaml

from wirgan_tf import __version__

ROOT = pathlib.Path(__file__).parents[1]


@pytest.fixture
def built(tmp_path):
    """Builds the package in a copy of the checkout named wirgan_tf, by one of setuptools' hooks, and unpacks it.

    (hook) -> the copy, and the folder that holds what an installer would put on the path.
    """
    checkout = tmp_path / "wirgan_tf"
    checkout.mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    for name in ("wirgan_tf", "configs"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))

    def build(hook):
        code = f"import sys; from setuptools import build_meta; build_meta.{hook}(sys.argv[1])"
        subprocess.run([sys.executable, "-c", code, tmp_path / "wheel"], cwd=checkout, check=True, capture_output=True)
        wheel, = (tmp_path / "wheel").glob("*.whl")
        zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
        return checkout, tmp_path / "installed"

    return build


def test_an_editable_install_is_a_path_so_that_the_checkouts_name_does_not_matter(built, tmp_path):
    """In a folder that holds a checkout named wirgan_tf Python finds that first, as a package without code.

    A package further down the path goes before it, but what a finder after the path would find does not.
    """
    checkout, installed = built("build_editable")
    at_the_top = {path.name: path for path in installed.iterdir() if path.is_file()}
    path_file, = at_the_top.values()
    assert path_file.suffix == ".pth"
    assert path_file.read_text().split("\n")[0] == str(checkout)
    show = "import sys; sys.path += ['', sys.argv[1]]; import wirgan_tf; print(wirgan_tf.__file__)"
    shown = subprocess.run([sys.executable, "-I", "-S", "-c", show, checkout], cwd=tmp_path, text=True,
                           capture_output=True)
    assert shown.stdout.strip() == str(checkout / "wirgan_tf" / "__init__.py"), shown.stderr


def test_a_wheel_has_all_modules_and_the_flagfiles(built):
    _, installed = built("build_wheel")
    package = installed / "wirgan_tf"
    there = {path.relative_to(package) for path in package.rglob("*") if path.is_file()}
    sources = (ROOT / "wirgan_tf").rglob("*")
    expected = {path.relative_to(ROOT / "wirgan_tf") for path in sources if path.is_file() and path.suffix != ".pyc"}
    assert there == expected | {path.relative_to(ROOT) for path in (ROOT / "configs").iterdir()}
    show = "from wirgan_tf import flagfiles; print(flagfiles.find('mnist_gp_wirgan_t3'))"
    shown = subprocess.run([sys.executable, "-c", show], cwd=installed, text=True, capture_output=True,
                           env={"PATH": "/usr/bin:/bin"})
    assert shown.stdout.strip() == str(package / "configs" / "mnist_gp_wirgan_t3.flags"), shown.stderr


def test_the_citation_and_the_changes_are_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert str(citation["version"]) == __version__
    assert release_notes.notes(__version__, release_notes.CHANGELOG.read_text())


def test_release_notes_are_the_section_of_their_version():
    changes = "# Changes\n\n## Unreleased\n\n### Added\n\nc\n\n## [1.10.0] - today\n\nb\n\n## 1.1\n\na\n"
    assert [release_notes.notes(version, changes) for version in ("Unreleased", "1.10.0", "1.1")] == [
        "### Added\n\nc", "b", "a"]
    with pytest.raises(LookupError, match=r"no section ## 1\.10$"):
        release_notes.notes("1.10", changes)


@pytest.mark.parametrize("name", ["checks", "release"])
def test_workflows_run_what_there_is(name):
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    script = "\n".join(step.get("run", "") for step in steps)
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [word for line in re.findall(r"^make (.*)$", script, re.MULTILINE) for word in line.split()
            if word not in targets] == []
    assert [path for path in re.findall(r"(?:\.ci|scripts)/[\w.]+", script) if not (ROOT / path).is_file()] == []


def test_checks_run_on_every_python_that_is_supported():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "checks.yml").read_text())
    assert workflow["jobs"]["all"]["strategy"]["matrix"]["python"] == ["3.10", "3.11", "3.12", "3.13"]
    assert 'requires-python = ">=3.10,<3.14"' in (ROOT / "pyproject.toml").read_text()


def test_the_images_extras_are_the_packages():
    extras = re.findall(r"^(\w+) = \[", (ROOT / "pyproject.toml").read_text().partition(
        "[project.optional-dependencies]")[2].partition("\n[tool")[0], re.MULTILINE)
    dockerfile = (ROOT / "Dockerfile").read_text()
    asked = {extra for extras in re.findall(r"EXTRAS=([\w,]+)", dockerfile) for extra in extras.split(",")}
    assert {"serving", "beam", "gpu"} == asked
    assert asked <= set(extras)
    listed = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "installing.md").read_text(), re.MULTILINE)
    assert [extra for extra in extras if extra not in listed] == []
