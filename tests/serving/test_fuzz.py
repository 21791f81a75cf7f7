"""Requests that nobody thought of: for each, an answer in time, in JSON, and never "internal error".

Five seconds of them; FUZZ_SECONDS=60 in the environment is a minute.
"""

import http.client
import json
import os
import time
import urllib.parse

import hypothesis
import pytest
from hypothesis import strategies

from tests.serving.small_models import Varied

SECONDS = float(os.environ.get("FUZZ_SECONDS", "5"))
SIGNATURES = [name for name, value in vars(Varied).items() if hasattr(value, "get_concrete_function")]
INPUTS = ["x", "a", "b", "c", "d", "e", "n", "text", "rounds"]

names = strategies.sampled_from([*SIGNATURES, *INPUTS, "", "b64", "__saved_model_init_op"]) | strategies.text(
    max_size=8)
numbers = strategies.integers() | strategies.integers(-3, 3) | strategies.floats()
binaries = strategies.fixed_dictionaries({"b64": strategies.sampled_from(["", "aGk=", "?", "aGk"])})
leaves = strategies.none() | strategies.booleans() | numbers | strategies.text(max_size=8) | binaries
values = strategies.recursive(leaves, lambda children: strategies.lists(children, max_size=4)
                              | strategies.dictionaries(names, children, max_size=4), max_leaves=12)
like_inputs = strategies.dictionaries(strategies.sampled_from(INPUTS), strategies.lists(numbers, max_size=4) | values)
floats, wholes = strategies.floats(width=32), strategies.integers(-2**63, 2**63 - 1)
right = strategies.one_of(
    strategies.fixed_dictionaries({"instances": strategies.lists(floats, min_size=1, max_size=70)}),
    strategies.fixed_dictionaries({"inputs": strategies.lists(floats, max_size=64), "signature_name":
                                   strategies.sampled_from(["serving_default", "halves", "uneven", "mean"])}),
    strategies.fixed_dictionaries({"signature_name": strategies.just("two"), "instances": strategies.lists(
        strategies.fixed_dictionaries({"a": floats, "b": wholes}), min_size=1, max_size=5)}),
    strategies.fixed_dictionaries({"signature_name": strategies.sampled_from(["text", "only_text"]), "instances":
                                   strategies.lists(strategies.text(max_size=8) | binaries, min_size=1, max_size=5)}),
    strategies.fixed_dictionaries({"signature_name": strategies.just("slow"), "inputs": strategies.lists(wholes)}))
documents = right | strategies.fixed_dictionaries({}, optional={
    "signature_name": strategies.sampled_from(SIGNATURES) | names | leaves,
    "instances": strategies.lists(numbers | like_inputs, max_size=70) | values,
    "inputs": strategies.lists(numbers, max_size=70) | like_inputs | values,
    "examples": values})
bodies = documents.map(lambda document: json.dumps(document).encode()) | strategies.binary(max_size=60)
paths = strategies.sampled_from([
    "/v1/models/varied:predict", "/v1/models/varied:predict", "/v1/models/varied:predict",
    "/v1/models/varied:classify", "/v1/models/varied:regress", "/v1/models/varied", "/v1/models/varied/metadata",
    "/v1/models/varied/versions/7:predict", "/v1/models/varied/labels/stable:predict", "/",
    "/monitoring/prometheus/metrics"]) | strategies.text(
    max_size=12).map(lambda text: "/v1/models/" + urllib.parse.quote(text, safe="/:?%"))
methods = strategies.sampled_from(["POST", "POST", "POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
headers = strategies.sampled_from([{}, {}, {}, {"Content-Encoding": "gzip"}, {"Content-Encoding": "deflate"},
                                   {"Content-Type": "application/json; charset=utf-16"}, {"Expect": "100-continue"},
                                   {"Expect": "a miracle"}, {"Transfer-Encoding": "chunked"}])


@pytest.mark.timeout(SECONDS + 120)
def test_any_request_is_answered(start, varied_base):
    server = start(varied_base, model_name="varied", labels={"stable": 7}, request_timeout_s=0.5, call_wait_ms=0.0)
    address = server.server.rest_address.removeprefix("http://")
    seen, deadline = {}, time.monotonic() + SECONDS

    def check(method, path, body, header):
        connection = http.client.HTTPConnection(address, timeout=20)
        connection.request(method, path, body, header)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        seen[response.status] = seen.get(response.status, 0) + 1
        assert response.status != 500, text
        if response.status >= 400 and method != "HEAD" and response.getheader("Content-Type", "").startswith("appl"):
            assert list(json.loads(text)) == ["error"]

    round_ = 0
    while time.monotonic() < deadline:
        some = hypothesis.settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(
            hypothesis.HealthCheck))
        hypothesis.seed(round_)(some(hypothesis.given(methods, paths, bodies, headers)(check)))()
        round_ += 1
    print(f"{sum(seen.values())} requests in {SECONDS:g} s, by status: {dict(sorted(seen.items()))}")
    assert seen[200]
    assert seen[400]
    assert server.post("/v1/models/varied:predict", {"instances": [1.0]}).json() == {"predictions": [2.5]}
