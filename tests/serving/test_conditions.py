"""A model whose samples depend on a label and on attributes, served as an export gives it."""

import base64
import concurrent.futures
import io
import json
import subprocess

import grpc
import numpy as np
import pytest
import tensorflow as tf
import wirgan_client
from PIL import Image
from wirgan_client import Client, ClientError

from tests.serving.conftest import running
from tests.serving.test_clients import CURLS, client_of
from tests.serving.test_grpc_services import predict_request, refused
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.pictures import to_pixels

PREDICT = "/v1/models/labelled:predict"
SEEDS = np.array([5, 6, 7])
CONDITIONS = {"label": np.array([3, 3, 9]), "attributes": np.array([[0, 1], [1, 1], [0.5, 0]])}


@pytest.fixture(scope="module")
def server(labelled):
    with running(labelled[1].parent, call_wait_ms=50.0, max_request_rows=70) as server:
        yield server


@pytest.fixture(scope="module")
def expected(labelled):
    return Sampler(labelled[0]).images(SEEDS, CONDITIONS)


@pytest.fixture(params=["REST", "gRPC"])
def transport(request, server):
    return client_of(request.param, server.server, "labelled")


def row(seed, label, attributes):
    return {"seed": seed, "truncation": 1.0, "label": label, "attributes": attributes}


ROWS = [row(5, 3, [0, 1]), row(6, 3, [1, 1]), row(7, 9, [0.5, 0])]
COLUMNS = {name: [one[name] for one in ROWS] for name in ROWS[0]}


def test_rows_and_columns_over_rest(server, expected):
    for document, answer in (({"instances": ROWS}, "predictions"), ({"inputs": COLUMNS}, "outputs")):
        images = server.post(PREDICT, {"signature_name": "sample_rows", **document}).json()[answer]
        np.testing.assert_allclose(images, expected, atol=1e-6)


def test_requests_that_share_a_call_keep_their_conditions(server, expected):
    """Each of one row; one of them is wrong."""
    wrong = row(8, 3, [0, 1]) | {"truncation": -1.0}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: server.post(PREDICT, {"signature_name": "sample_rows", "instances": [one]}),
                                [*ROWS, wrong]))
    np.testing.assert_allclose([answer.json()["predictions"][0] for answer in answers[:3]], expected, atol=1e-6)
    assert answers[3].status_code == 400


@pytest.mark.parametrize(("document", "message"), [
    ({"inputs": {name: COLUMNS[name] for name in ("seed", "truncation", "label")}},
     "Missing named input: attributes in 'inputs' object."),
    ({"instances": [{name: ROWS[0][name] for name in ("seed", "truncation", "label")}]},
     "keys must be equal to: attributes,label,seed,truncation"),
    ({"inputs": COLUMNS | {"label": [3, 9]}},
     "must have equal 0th-dimension size, not 3 (attributes), 2 (label), 3 (seed), 3 (truncation)"),
    ({"inputs": COLUMNS | {"attributes": [[0], [1], [0]]}},
     "input 'attributes' of signature 'sample_rows' expects shape (None, 2) but [3, 1] is provided"),
    ({"inputs": COLUMNS | {"label": [0.5, 1, 2]}}, "'inputs' key: label. Error: JSON Value: 0.5 Type: Number is not"),
    ({"instances": ROWS * 24}, "a request may have at most 70 rows, not 72"),
])
def test_conditions_that_do_not_fit_over_rest(server, document, message):
    response = server.post(PREDICT, {"signature_name": "sample_rows", **document})
    assert response.status_code == 400
    assert message in response.json()["error"]


def test_grpc(server, expected):
    inputs = {"seed": SEEDS, "truncation": np.ones(3, np.float32), "label": CONDITIONS["label"],
              "attributes": CONDITIONS["attributes"].astype(np.float32)}
    response = server.prediction.Predict(predict_request("sample_rows", "labelled", **inputs))
    np.testing.assert_allclose(tf.make_ndarray(response.outputs["images"]), expected, atol=1e-6)
    del inputs["label"]
    code, message = refused(server.prediction.Predict, predict_request("sample_rows", "labelled", **inputs))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert "Missing but required: {label}" in message


def test_the_client(transport, expected, labelled):
    client = Client(transport)
    np.testing.assert_allclose(client.sample(SEEDS, conditions=CONDITIONS), expected, atol=1e-6)
    np.testing.assert_allclose(client.refine(SEEDS, 1.0, CONDITIONS)[:, -1], expected, atol=1e-6)
    shown = [np.asarray(Image.open(io.BytesIO(file)))[..., np.newaxis] for file in client.png(SEEDS, 1.0, CONDITIONS)]
    np.testing.assert_array_equal(shown, to_pixels(expected))
    np.testing.assert_allclose(client.draw(client.latents(SEEDS), CONDITIONS), expected, atol=1e-6)
    many = np.arange(100)  # two requests
    conditions = {"label": many % 10, "attributes": np.eye(2, dtype=int)[many % 2]}
    np.testing.assert_allclose(client.sample(many, conditions=conditions),
                               Sampler(labelled[0]).images(many, conditions), atol=1e-6)


@pytest.mark.parametrize(("conditions", "message"), [
    (None, "label"),
    ({"label": [1, 2, 3]}, "attributes"),
    (CONDITIONS | {"colour": [1, 2, 3]}, "the model has no input colour; it has"),
    (CONDITIONS | {"label": [1, 2]}, r"label has shape \[2\] of int64; expected \[3\] of DT_INT64"),
    (CONDITIONS | {"label": [1.0, 2.0, 3.0]}, r"label has shape \[3\] of float64; expected \[3\] of DT_INT64"),
])
def test_the_client_names_the_condition_that_does_not_fit(transport, conditions, message):
    with pytest.raises(ClientError, match=message):
        Client(transport).sample(SEEDS, conditions=conditions)


@pytest.mark.parametrize("kind", ["--url", "--grpc"])
def test_the_program(server, labelled, kind, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    address = server.server.rest_address if kind == "--url" else server.server.grpc_address
    common = ["--model=labelled", f"{kind}={address}", "--condition", "label=3"]
    both = [*common, "--condition", "attributes=1,0"]
    assert wirgan_client.main(["sample", "3", "--seed=5", "--output=samples.npz", *both]) == 0
    conditions = {"label": np.full(3, 3), "attributes": np.tile([1, 0], (3, 1))}
    np.testing.assert_allclose(np.load("samples.npz")["images"], Sampler(labelled[0]).images(SEEDS, conditions),
                               atol=1e-6)
    assert wirgan_client.main(["interpolate", "5", "6", "--steps=2", "--output=walk.gif", *both]) == 0
    assert wirgan_client.main(["sample", "3", "--output=x.npz", *common]) == 1
    assert "attributes" in capsys.readouterr().err
    for wrong, message in (("label=three", "label=three: the choices are 0, 1, 2"),
                           ("attributes=upper,lower", "attributes=upper,lower: expected names among upper, left, none"),
                           ("colour=1", "the model has no condition colour; it has attributes, label")):
        assert wirgan_client.main(["sample", "3", "--output=x.npz", *common, f"--condition={wrong}"]) == 1
        assert message in capsys.readouterr().err
    assert wirgan_client.main(["interpolate", "5", "6", "--output=walk.gif", *both, "--condition=label=each"]) == 1
    assert "the pictures of a walk are all asked for the same" in capsys.readouterr().err


def test_names(transport, labelled):
    client = Client(transport)
    assert (client.names("attributes"), client.names("size")) == (["upper", "left"], [])
    asked = client.asked(["label=7,0", "attributes=left"], 3)
    assert {name: rows.tolist() for name, rows in asked.items()} == {"label": [7, 0, 7], "attributes": [[0, 1]] * 3}
    assert client.asked(["label=each"], 11)["label"].tolist() == [*range(10), 0]
    np.testing.assert_allclose(client.sample(SEEDS, conditions={**asked, "label": ["7", "0", "7"]}),
                               Sampler(labelled[0]).images(SEEDS, asked), atol=1e-6)


def test_classes_by_name(pets, tmp_path):
    with running(pets[1].parent) as server:
        images = Sampler(pets[0]).images(SEEDS, {"label": [1, 2, 1]})
        for protocol in ("REST", "gRPC"):
            client = Client(client_of(protocol, server.server, "pets"))
            assert client.names("label") == ["cat", "dog", "Käfer"]
            np.testing.assert_allclose(client.sample(SEEDS, conditions=client.asked(["label=dog,Käfer"], 3)), images,
                                       atol=1e-6)
        inputs = {"seed": [5, 6, 7], "truncation": [1.0] * 3, "label": ["dog", "Käfer", "dog"]}
        asked = {"signature_name": "sample_by_name_rows", "inputs": inputs}
        np.testing.assert_allclose(server.post("/v1/models/pets:predict", asked).json()["outputs"], images, atol=1e-6)
        wrong = server.post("/v1/models/pets:predict", asked | {"inputs": inputs | {"label": ["dog", "cow", "dog"]}})
        assert (wrong.status_code, "cat, dog, Käfer, got] [cow]" in wrong.json()["error"]) == (400, True)
        done = subprocess.run(["bash", CURLS], cwd=tmp_path, capture_output=True, text=True, timeout=120, env={
            "PATH": "/usr/bin:/bin", "MODEL": server.url("/v1/models/pets"), "CONDITIONS": ', "label": 1',
            "BY_NAME": ', "label": "dog"'})
    assert done.returncode == 0, done.stderr + done.stdout
    answers = {path.stem: json.loads(path.read_text()) for path in tmp_path.glob("*.json")}
    assert answers["label_names"]["outputs"] == [["cat", "dog", "Käfer"]]
    assert base64.b64decode(answers["by_name"]["predictions"][0]["b64"]) == (tmp_path / "seed_7.png").read_bytes()


def test_every_curl(server, labelled, tmp_path):
    done = subprocess.run(["bash", CURLS], cwd=tmp_path, capture_output=True, text=True, timeout=120, env={
        "PATH": "/usr/bin:/bin", "MODEL": server.url("/v1/models/labelled"),
        "CONDITIONS": ', "label": 3, "attributes": [1, 0]'})
    assert done.returncode == 0, done.stderr + done.stdout
    answers = {path.stem: json.loads(path.read_text()) for path in tmp_path.glob("*.json")}
    assert not {"columns", "sample", "image"} & set(answers)
    image = Sampler(labelled[0]).images(np.array([7]), {"label": [3], "attributes": [[1, 0]]})
    np.testing.assert_allclose(answers["rows"]["predictions"][0], image[0], atol=1e-6)
    png = base64.b64decode(answers["canvases_png"]["predictions"][0][-1]["b64"])
    assert png == (tmp_path / "seed_7.png").read_bytes()
