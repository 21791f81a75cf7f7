"""The REST API as its clients meet it: paths, answers, and every documented error."""

import gzip
import json
import re

import numpy as np
import pytest
import requests

PREDICT = "/v1/models/varied:predict"


@pytest.mark.parametrize(("request_", "answer"), [
    # From TensorFlow Serving's documentation of its model half_plus_two.
    ({"instances": [1.0, 2.0, 5.0]}, {"predictions": [2.5, 3.0, 4.5]}),
    ({"signature_name": "serving_default", "inputs": [3.0, 4.0]}, {"outputs": [3.5, 4.0]}),
    ({"signature_name": "", "instances": [1.0]}, {"predictions": [2.5]}),
    ({"instances": [{"x": 1.0}]}, {"predictions": [2.5]}),
    # 2.5 + 3 and 2 * 3; there is no output filter over REST, all outputs come.
    ({"signature_name": "two", "instances": [{"a": 2.5, "b": 3}]}, {"predictions": [{"sum": 5.5, "twice": 6}]}),
    ({"signature_name": "two", "inputs": {"a": [2.5], "b": [3]}}, {"outputs": {"sum": [5.5], "twice": [6]}}),
    # Scalars go in columns alone: rows have a dimension more.
    ({"signature_name": "scalars", "inputs": {"a": 1.5, "n": 4}}, {"outputs": 6.0}),
    ({"signature_name": "text", "instances": [{"b64": "aGk="}]},
     {"predictions": [{"text": "hi", "text_bytes": {"b64": "aGk="}, "length": 2}]}),
    ({"signature_name": "kinds", "inputs": {"a": [-1], "b": [255], "c": [2**63], "d": [0.1], "e": [True]}},
     {"outputs": {"int32": [-1], "uint8": [255], "uint64": [2**63], "double": [0.1], "flag": [True]}}),
    ({"signature_name": "halves", "instances": [0.5]}, {"predictions": [{"half": 0.5, "bfloat": 0.5}]}),
    ({"signature_name": "matrix", "inputs": [[], []]}, {"outputs": [[], []]}),
    ({"inputs": []}, {"outputs": []}),
])
def test_predict(varied, request_, answer):
    response = varied.post(PREDICT, request_)
    assert (response.status_code, response.json()) == (200, answer)
    assert response.headers["Content-Type"].startswith("application/json")


def test_numbers_without_json(varied):
    response = varied.post(PREDICT, data='{"instances": [NaN, Infinity, -Infinity]}')
    assert response.text == '{"predictions": [NaN, Infinity, -Infinity]}'


@pytest.mark.parametrize("path", ["/v1/models/varied/versions/7:predict", "/v1/models/varied/labels/stable:predict",
                                  "/V1/Models/varied:PREDICT", "/v1/models/%76aried:predict",
                                  "/v1/models/varied:predict?a=b"])
def test_paths_of_predict(start, varied_base, path):
    server = start(varied_base, model_name="varied", labels={"stable": 7})
    assert server.post(path, {"instances": [1.0]}).json() == {"predictions": [2.5]}


@pytest.mark.parametrize(("path", "request_", "status", "message"), [
    (PREDICT, {"signature_name": "nothing", "instances": [1.0]}, 400,
     'Serving signature name: "nothing" not found in signature def'),
    (PREDICT, {"signature_name": "__saved_model_init_op", "inputs": []}, 400, "not found in signature def"),
    (PREDICT, {"instances": ["one"]}, 400, "is not of expected type: float"),
    (PREDICT, {"signature_name": "two", "instances": [{"a": 1.0, "b": 1.0}]}, 400, "is not of expected type: int64"),
    (PREDICT, {"signature_name": "scalars", "instances": [{"a": 1.5, "n": 4}]}, 400, r"expects shape \(\)"),
    (PREDICT, {"signature_name": "mean", "instances": [1.0]}, 400, "has no shape information"),
    (PREDICT, {"signature_name": "uneven", "instances": []}, 400, "No values in 'instances' array"),
    (PREDICT, {"signature_name": "complex", "instances": [1.0]}, 400, "Failed to write JSON value for tensor type"),
    (PREDICT, {"signature_name": "from_half", "instances": [1.0]}, 501, "Conversion of JSON values to type: float16"),
    (PREDICT, {"inputs": [[1.0]]}, 400, r"expects shape \(None,\) but \[1, 1\]"),
    ("/v1/models/other:predict", {"instances": [1.0]}, 404, r"Servable not found for request: Latest\(other\)"),
    ("/v1/models/varied/versions/8:predict", {"instances": [1.0]}, 404,
     r"Servable not found for request: Specific\(varied, 8\)"),
    ("/v1/models/varied/labels/canary:predict", {"instances": [1.0]}, 400,
     "Unrecognized servable version label: canary"),
    ("/v1/models/varied/versions/99999999999999999999:predict", {"instances": [1.0]}, 400, "Failed to convert version"),
    ("/v1/models/varied/version/7:predict", {"instances": [1.0]}, 400, "Malformed request: POST /v1/models/varied/ver"),
    ("/v1/models/varied/versions/seven:predict", {"instances": [1.0]}, 400, "Malformed request"),
    ("/v1/models/varied:generate", {"instances": [1.0]}, 400, "Malformed request"),
    ("/v1/models/varied", {"instances": [1.0]}, 400, "Malformed request"),
    ("/v2/models/varied:predict", {"instances": [1.0]}, 404, "there is nothing at /v2/models/varied:predict"),
    ("/v1/models/varied:classify", {"examples": [{"x": 1.0}]}, 400,
     "Expected classification signature method_name to be tensorflow/serving/classify. Was: tensorflow/serving/pred"),
    ("/v1/models/varied:regress", {"examples": [{"x": 1.0}]}, 400, "Expected regression signature method_name"),
    ("/v1/models/varied:classify", {"signature_name": "nothing", "examples": [{}]}, 400, "No signature was found with"),
    ("/v1/models/varied:regress", {"instances": [1.0]}, 400, "expected 'examples'"),
    ("/v1/models/other:regress", {"examples": [{}]}, 404, "Servable not found"),
])
def test_errors(varied, path, request_, status, message):
    response = varied.post(path, request_)
    assert response.status_code == status
    assert list(response.json()) == ["error"]
    assert response.headers["Content-Type"].startswith("application/json")
    assert re.search(message, response.json()["error"])


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/v1/models/varied:predict", 400), ("PUT", "/v1/models/varied:predict", 400),
    ("DELETE", "/v1/models/varied", 400), ("GET", "/v1/models", 400), ("GET", "/v1/foo", 400), ("GET", "/v1", 404),
    ("GET", "/index", 404), ("POST", "/monitoring/prometheus/metrics", 404),
])
def test_other_methods_and_paths(varied, method, path, status):
    response = requests.request(method, varied.url(path), timeout=60)
    assert response.status_code == status
    assert response.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"inputs": ' + b"1" * 10_000 + b"}"])
def test_broken_json(varied, body):
    response = varied.post(PREDICT, data=body)
    assert response.status_code == 400
    assert response.json()["error"].startswith("JSON Parse error")


def test_bodies_may_be_compressed(varied):
    body = gzip.compress(json.dumps({"instances": [1.0]}).encode())
    assert varied.post(PREDICT, data=body, headers={"Content-Encoding": "gzip"}).json() == {"predictions": [2.5]}
    assert varied.post(PREDICT, data=b"no gzip", headers={"Content-Encoding": "gzip"}).status_code == 400


def test_status(varied):
    expected = {"model_version_status": [
        {"version": "7", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}]}
    assert varied.get("/v1/models/varied").json() == expected
    assert varied.get("/v1/models/varied/versions/7").json() == expected
    response = varied.get("/v1/models/varied/versions/8")
    assert (response.status_code, response.json()["error"]) == (404, "Could not find version 8 of model varied")
    response = varied.get("/v1/models/other")
    assert (response.status_code, response.json()["error"]) == (404, "Could not find any versions of model other")
    assert varied.get("/v1/models/varied/labels/canary").status_code == 400


def test_metadata(varied):
    metadata = varied.get("/v1/models/varied/metadata").json()
    assert metadata["model_spec"] == {"name": "varied", "signature_name": "", "version": "7"}
    two = metadata["metadata"]["signature_def"]["signature_def"]["two"]
    assert two["method_name"] == "tensorflow/serving/predict"
    assert two["inputs"]["b"] == {"name": "two_b:0", "dtype": "DT_INT64",
                                  "tensor_shape": {"dim": [{"size": "-1", "name": ""}], "unknown_rank": False}}
    assert varied.get("/v1/models/other/metadata").status_code == 404


def test_seeds_are_samples(start, generators):
    """Rows, scalars and canvases of an export's signatures agree; what the graph refuses is the client's mistake."""
    server = start(generators, model_name="digits")

    def predict(**request):
        return server.post("/v1/models/digits:predict", request).json()

    rows = predict(signature_name="sample_rows", instances=[{"seed": 3, "truncation": 1.0},
                                                            {"seed": 4, "truncation": 1.0}])["predictions"]
    assert np.shape(rows) == (2, 8, 8, 1)
    assert predict(signature_name="sample", inputs={"num_samples": 2, "seed": 3, "truncation": 1.0})["outputs"] == rows
    canvases = predict(signature_name="refine_rows", inputs={"seed": [3], "truncation": [1.0]})["outputs"]
    assert np.shape(canvases) == (1, 3, 8, 8, 1)
    assert canvases[0][-1] == rows[0]
    pictures = predict(signature_name="png_rows", inputs={"seed": [3, 4], "truncation": [1.0, 1.0]})["outputs"]
    steps = predict(signature_name="refine_png_rows", inputs={"seed": [3], "truncation": [1.0]})["outputs"]
    assert steps[0][-1] == pictures[0]
    assert predict(signature_name="sample", inputs={"num_samples": 1025, "seed": 3, "truncation": 1.0}) == {
        "error": "assertion failed: [num_samples must be 1 to] [Condition x <= y did not hold element-wise:] "
                 "[x (num_samples:0) = ] [1025] [y (Const:0) = ] [1024]"}
