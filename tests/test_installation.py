"""The source archive and the wheel, installed into an environment of their own, away from the checkout."""

import os
import pathlib
import subprocess
import sys
import tarfile

import pytest
from PIL import Image

from wirgan_tf import __version__

ROOT = pathlib.Path(__file__).parents[1]
pytestmark = [pytest.mark.installation, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """The folder of the source archive, and of the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], check=True)
    return folder


@pytest.fixture(scope="module")
def installed(archives, tmp_path_factory):
    """The folder of the programs of a fresh environment with the wheel in it."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    wheel, = archives.glob("*.whl")
    subprocess.run([environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--constraint",
                    ROOT / "constraints.txt", wheel], check=True)
    return environment / "bin"


@pytest.fixture
def run(installed, tmp_path):
    """Runs a program of the environment in an empty folder, without a way back to the checkout."""
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def in_folder(program, *arguments):
        done = subprocess.run([installed / program, *arguments], cwd=tmp_path, text=True, capture_output=True,
                              env={**surroundings, "HOME": str(tmp_path)})
        assert done.returncode == 0, done.stderr
        return done.stdout

    return in_folder


def test_the_source_archive_has_what_a_checkout_has(archives):
    archive, = archives.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        there = {name.partition("/")[2] for name in file.getnames()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, text=True, capture_output=True, check=True).stdout
    of_git_alone = {name for name in tracked.splitlines() if name.startswith(".git")}
    assert set(tracked.splitlines()) - there == of_git_alone


def test_the_wheel_works_without_the_checkout(run, tmp_path):
    assert run("wirgan_tf", "--version").strip() == __version__
    assert "site-packages" in run("python", "-c", "import wirgan_tf; print(wirgan_tf.__file__)")
    assert "flagfile: " in run("wirgan_tf", "--mode=list")
    assert "--learning_rate_decay=linear " in run("wirgan_tf", "--flagfile=digits_gp_wirgan_t3", "--help")
    run("wirgan_tf", "--flagfile=digits_gp_wirgan_t3", "--iterations=2", "--width=2", "--eval_every=0", "--run_dir=run")
    run("wirgan_tf", "--mode=sample", "--model_dir=run/export", "--num_samples=4", "--output=samples.png")
    assert Image.open(tmp_path / "samples.png").width >= 512
    assert "No broken requirements found" in run("python", "-m", "pip", "check")
