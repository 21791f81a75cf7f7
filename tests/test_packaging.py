"""How the package is installed."""

import pathlib
import shutil
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).parents[1]


def test_an_editable_install_is_a_path_so_that_the_checkouts_name_does_not_matter(tmp_path):
    """In a folder that holds a checkout named wirgan_tf Python finds that first, as a package without code.

    A package further down the path goes before it, but what a finder after the path would find does not.
    """
    checkout = tmp_path / "wirgan_tf"
    checkout.mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    shutil.copytree(ROOT / "wirgan_tf", checkout / "wirgan_tf", ignore=shutil.ignore_patterns("__pycache__"))
    build = "import sys; from setuptools import build_meta; build_meta.build_editable(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, tmp_path / "wheel"], cwd=checkout, check=True, capture_output=True)
    wheel, = (tmp_path / "wheel").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    at_the_top = {path.name: path for path in (tmp_path / "installed").iterdir() if path.is_file()}
    path_file, = at_the_top.values()
    assert path_file.suffix == ".pth"
    assert path_file.read_text().split("\n")[0] == str(checkout)
    show = "import sys; sys.path += ['', sys.argv[1]]; import wirgan_tf; print(wirgan_tf.__file__)"
    shown = subprocess.run([sys.executable, "-I", "-S", "-c", show, checkout], cwd=tmp_path, text=True,
                           capture_output=True)
    assert shown.stdout.strip() == str(checkout / "wirgan_tf" / "__init__.py"), shown.stderr
