"""The clients' lines and curl's in the documents, as questions to servers."""

import pathlib
import shlex
import subprocess

import numpy as np
import pytest
import tensorflow as tf
import wirgan_client
from PIL import Image

from tests.document_commands import DOCUMENTS, ROOT, command_blocks, without_variables
from tests.models import labelled_family
from wirgan_tf.config import Config
from wirgan_tf.entries import Entry
from wirgan_tf.exporting import export_generator
from wirgan_tf.models import build_model

pytestmark = pytest.mark.exhaustive
ANIMALS = ("cat", "dog", *(f"animal{number}" for number in range(8)))
COMMANDS = list(dict.fromkeys(command for path in DOCUMENTS for block in command_blocks(path) for command in block))
OF_CLIENT = [command for command in COMMANDS if "wirgan_client.py " in command]
OF_CURL = [command for command in COMMANDS if without_variables(command).startswith(("curl ", "(printf ", "bash "))]


@pytest.fixture(scope="session")
def animals(tmp_path_factory):
    """A model that is asked for one of ten classes by name."""
    config = Config(model="cgan", width=2, latent=4)
    model = build_model(config, {"image": Entry((8, 8, 1)), "label": Entry((), tf.int64, ANIMALS)})
    return model, export_generator(model, config, tmp_path_factory.mktemp("models") / "animals")


@pytest.fixture(scope="session")
def people(tmp_path_factory):
    """A model that is asked for a class and for attributes."""
    with labelled_family.registered():
        config = Config(model="labelled_gan")
        model = build_model(config, {"image": Entry((8, 8, 1)), "label": Entry((), tf.int64, ANIMALS),
                                     "attributes": Entry((2,), names=("Male", "Smiling"))})
        return model, export_generator(model, config, tmp_path_factory.mktemp("models") / "people")


@pytest.fixture
def server(request, start, tmp_path, monkeypatch):
    """(command) -> a server of the model that it asks, in whose folder there are two pictures."""
    monkeypatch.chdir(tmp_path)
    for name in ("photo.jpg", "drawing.png"):
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 16, 3), np.uint8)).save(name)

    def of(command):
        name = ("colouring" if "translate" in command else "people" if "ttributes" in command
                else "animals" if "label" in command else "exported")
        return start(request.getfixturevalue(name)[1].parent, model_name="model").server

    return of


@pytest.mark.parametrize("command", OF_CLIENT)
def test_clients(command, server, capsys):
    words = shlex.split(command)[2:]
    if words == ["--help"]:
        with pytest.raises(SystemExit, match="0"):
            wirgan_client.main(words)
        return
    asked = server(command)
    address = f"--grpc={asked.grpc_address}" if "--grpc=" in command else f"--url={asked.rest_address}"
    assert wirgan_client.main([*words, "--model=model", address]) == 0, capsys.readouterr().err
    assert capsys.readouterr().out.startswith("written to ")
    output = pathlib.Path(next(word.partition("=")[2] for word in words if word.startswith("--output=")))
    assert list(output.iterdir()) if output.is_dir() else output.is_file()


@pytest.mark.parametrize("command", OF_CURL)
def test_curl(command, server):
    asked = server(command)
    for name in ("mnist_gp_wirgan_t3", "mine"):
        command = command.replace(f"http://127.0.0.1:8501/v1/models/{name}", "$MODEL")
    command = command.replace("curl -s ", "curl -sS --fail-with-body ").replace("clients/", f"{ROOT}/export/clients/")
    ended = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=120,
                           env={"PATH": "/usr/bin:/bin", "MODEL": f"{asked.rest_address}/v1/models/model"})
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout or list(pathlib.Path().glob("*.png"))
