"""The clients of the bundle against a server over an export."""

import base64
import io
import json
import os
import pathlib
import subprocess

import numpy as np
import pytest
import wirgan_client
import yaml
from PIL import Image
from wirgan_client import Client, ClientError, Grpc, Rest

from tests.serving.conftest import running
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.pictures import to_pixels

MODEL = "digits_gp_wirgan_t3"
CURLS = pathlib.Path(wirgan_client.__file__).with_name("curl.sh")


@pytest.fixture(scope="module")
def server(exported):
    with running(exported[1].parent, model_name=MODEL) as server:
        yield server


@pytest.fixture(scope="module")
def sampler(exported):
    return Sampler(exported[0])


@pytest.fixture(params=["REST", "gRPC"])
def transport(request, server):
    return client_of(request.param, server.server, MODEL)


def client_of(protocol, server, model):
    return Rest(server.rest_address, model) if protocol == "REST" else Grpc(server.grpc_address, model)


def pixels(file):
    return np.asarray(Image.open(io.BytesIO(file)))[..., np.newaxis]


def test_images_by_seed(transport, sampler):
    seeds = [5, -1, 2**40, *range(70)]
    np.testing.assert_allclose(Client(transport).sample(seeds), sampler.images(seeds), atol=1e-6)


def test_canvases(transport, sampler):
    canvases = Client(transport).refine([5, 6])
    np.testing.assert_allclose(canvases, sampler.canvases([5, 6]).swapaxes(0, 1), atol=1e-6)


def test_png_files(transport, sampler):
    client, canvases = Client(transport), to_pixels(sampler.canvases([5, 6]))
    np.testing.assert_array_equal([pixels(file) for file in client.png([5, 6])], canvases[-1])
    files = client.refine_png([5, 6])
    np.testing.assert_array_equal([[pixels(file) for file in row] for row in files], canvases.swapaxes(0, 1))


def test_truncation_scales_the_noise(transport):
    client = Client(transport)
    np.testing.assert_allclose(client.latents([5], truncation=0.5), client.latents([5]) / 2, atol=1e-7)
    assert client.latents([5]).shape == (1, 3, 4)


def test_a_walk_passes_through_its_seeds(transport, sampler):
    walk = Client(transport).interpolate([5, 6, 5], steps=4)
    assert walk.shape == (9, 8, 8, 1)
    np.testing.assert_allclose(walk[[0, 4, 8]], sampler.images([5, 6, 5]), atol=1e-6)
    steps = np.abs(np.diff(walk, axis=0)).mean((1, 2, 3))
    assert steps.max() < np.abs(walk[0] - walk[4]).mean()  # no step is the whole way


@pytest.mark.parametrize("kind", [Rest, Grpc])
def test_a_model_or_version_that_is_not_there(server, kind):
    address = server.server.rest_address if kind is Rest else server.server.grpc_address
    with pytest.raises(ClientError, match=r"answered (404|NOT_FOUND): .*mnist"):
        Client(kind(address, "mnist")).sample([1])
    with pytest.raises(ClientError, match=r"answered (404|NOT_FOUND): .*9"):
        Client(kind(address, MODEL, version=9)).sample([1])
    assert Client(kind(address, MODEL, version=1)).sample([1]).shape == (1, 8, 8, 1)


@pytest.mark.parametrize(("kind", "message"), [(Rest, "no answer from http://127.0.0.1:9"), (Grpc, "UNAVAILABLE")])
def test_no_server(kind, message):
    address = "http://127.0.0.1:9" if kind is Rest else "127.0.0.1:9"  # the discard port, where nobody listens
    with pytest.raises(ClientError, match=message):
        Client(kind(address, MODEL, timeout=5)).sample([1])


@pytest.mark.parametrize("kind", ["--url", "--grpc"])
def test_the_program(server, sampler, kind, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    address = server.server.rest_address if kind == "--url" else server.server.grpc_address

    def program(*arguments):
        return wirgan_client.main([*arguments, f"{kind}={address}"])

    assert program("sample", "3", "--seed=5", "--output=samples.npz") == 0
    assert program("refine", "2", "--output=canvases.npz") == 0
    assert program("sample", "2", "--seed=5", "--output=samples/") == 0
    assert program("refine", "1", "--output=canvases/") == 0
    assert program("interpolate", "5", "6", "--steps=4", "--output=walk.gif") == 0
    saved = np.load("samples.npz")
    np.testing.assert_allclose(saved["images"], sampler.images([5, 6, 7]), atol=1e-6)
    np.testing.assert_array_equal(saved["seeds"], [5, 6, 7])
    assert np.load("canvases.npz")["canvases"].shape == (2, 3, 8, 8, 1)
    assert sorted(path.name for path in pathlib.Path("samples").iterdir()) == ["5.png", "6.png"]
    assert sorted(path.name for path in pathlib.Path("canvases").iterdir()) == ["0_1.png", "0_2.png", "0_3.png"]
    np.testing.assert_array_equal(pixels(pathlib.Path("samples/6.png").read_bytes()), to_pixels(sampler.images([6])[0]))
    assert Image.open("walk.gif").n_frames == 5
    assert capsys.readouterr().out.splitlines()[-1] == "written to walk.gif"
    assert program("sample", "1", "--output=x.npz", "--model=mnist") == 1
    error, = capsys.readouterr().err.splitlines()
    assert error.startswith("error: ")
    assert "mnist" in error


def test_lines_of_tensorflow_are_held_back(capfd):
    with wirgan_client.quiet():
        os.write(2, b"no cuda drivers\n")
    os.write(2, b"after it\n")
    assert capfd.readouterr().err == "after it\n"


@pytest.mark.parametrize(("model", "code"), [(MODEL, 0), ("mnist", 1)])
def test_the_health_check_of_the_compose_file(server, model, code):
    service = yaml.safe_load((CURLS.parents[1] / "compose.yaml").read_text())["services"]["serving"]
    _, *command, script = service["healthcheck"]["test"]
    script = script.replace("8501", server.url("").rpartition(":")[2]).replace(MODEL, model)
    assert subprocess.run([*command, script], timeout=60).returncode == code


def test_every_curl(server, sampler, tmp_path):
    done = subprocess.run(["bash", CURLS], cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "MODEL": server.url(
        f"/v1/models/{MODEL}")}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout)["model_version_status"][0]["state"] == "AVAILABLE"
    answers = {path.stem: json.loads(path.read_text()) for path in tmp_path.glob("*.json")}
    canvases = sampler.canvases(np.arange(7, 12)).swapaxes(0, 1)
    assert "sample_rows" in answers["metadata"]["metadata"]["signature_def"]["signature_def"]
    np.testing.assert_allclose(answers["rows"]["predictions"][0], canvases[0, -1], atol=1e-6)
    np.testing.assert_allclose(answers["columns"]["outputs"], answers["rows"]["predictions"], atol=1e-6)
    np.testing.assert_allclose(answers["sample"]["outputs"], canvases[:, -1], atol=1e-6)
    np.testing.assert_allclose(answers["canvases"]["predictions"], canvases[:1], atol=1e-6)
    files, = answers["canvases_png"]["predictions"]
    shown = [pixels(base64.b64decode(file["b64"])) for file in files]
    np.testing.assert_array_equal(shown, to_pixels(canvases[0]))
    np.testing.assert_array_equal(pixels((tmp_path / "seed_7.png").read_bytes()), shown[-1])
    assert np.shape(answers["noise"]["outputs"]) == (1, 3, 4)
    np.testing.assert_allclose(answers["image"]["outputs"], canvases[:1, -1], atol=1e-6)
    assert "# TYPE" in (tmp_path / "metrics.txt").read_text()
