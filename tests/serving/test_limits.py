"""The limits of a server, and that a row does not depend on those beside it."""

import concurrent.futures
import socket
import threading
import time

import grpc
import numpy as np
import pytest
import requests
import tensorflow as tf

from tests.serving.test_grpc_services import predict_request, refused

PREDICT, DIGITS = "/v1/models/varied:predict", "/v1/models/digits:predict"
FOREVER = {"signature_name": "slow", "inputs": [10**9]}  # days


def rows(*seeds, signature="sample_rows"):
    return {"signature_name": signature, "inputs": {"seed": seeds, "truncation": [1.0] * len(seeds)}}


def test_a_body_that_is_too_large_is_413(start, varied_base):
    server = start(varied_base, model_name="varied", max_request_mb=0.001)
    response = server.post(PREDICT, {"instances": [1.0] * 300})
    assert response.status_code == 413
    assert response.json() == {"error": "a request's body may have at most 1048 bytes"}
    assert server.post(PREDICT, {"instances": [1.0] * 30}).status_code == 200
    code, _ = refused(server.prediction.Predict, predict_request(x=np.zeros(300, np.float32)))
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_too_many_rows_are_400(start, generators):
    server = start(generators, model_name="digits", max_request_rows=3)
    assert server.post(DIGITS, rows(1, 2, 3)).status_code == 200
    response = server.post(DIGITS, rows(1, 2, 3, 4))
    assert (response.status_code, response.json()["error"]) == (400, "a request may have at most 3 rows, not 4")
    response = server.post(DIGITS, {"signature_name": "sample_rows", "inputs": {"seed": [1, 2], "truncation": [1.0]}})
    assert response.status_code == 400
    assert "must have equal 0th-dimension size, not 2 (seed), 1 (truncation)" in response.json()["error"]
    # The scalar signature is not batched; its graph has a limit of its own.
    assert server.post(DIGITS, {"signature_name": "sample", "inputs": {"num_samples": 5, "seed": 0, "truncation": 1.0}}
                       ).status_code == 200


def test_an_answer_that_takes_too_long_is_504(start, varied_base):
    server = start(varied_base, model_name="varied", request_timeout_s=0.5)
    begin = time.monotonic()
    response = server.post(PREDICT, FOREVER)
    assert (response.status_code, response.json()) == (504, {"error": "no answer within 0.5 s"})
    assert time.monotonic() - begin < 20
    assert server.post(PREDICT, {"instances": [1.0]}).status_code == 200  # the call has ended, the thread is free


def test_a_grpc_deadline_is_kept(start, varied_base):
    server = start(varied_base, model_name="varied", parallel_calls=1)
    request = predict_request("slow", rounds=np.array([10**9], np.int64))
    with pytest.raises(grpc.RpcError) as raised:
        server.prediction.Predict(request, timeout=0.5)
    assert raised.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    begin = time.monotonic()
    server.prediction.Predict(predict_request(x=np.ones(1, np.float32)), timeout=20)
    assert time.monotonic() - begin < 15  # the model was not left running


def test_a_body_that_never_ends_is_504(start, varied_base):
    server = start(varied_base, model_name="varied", request_timeout_s=0.5)
    host, port = server.server.rest_address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as client:
        client.sendall(f"POST {PREDICT} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 504")


def test_who_leaves_in_the_middle_of_a_body_is_no_error_of_ours(start, varied_base, caplog):
    server = start(varied_base, model_name="varied")
    host, port = server.server.rest_address.removeprefix("http://").split(":")
    for head in ("Content-Length: 100", "Transfer-Encoding: chunked"):
        with socket.create_connection((host, int(port)), timeout=20) as client:
            client.sendall(f"POST {PREDICT} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n5\r\n".encode())
    deadline = time.monotonic() + 20
    while 'status="CANCELLED"} 2' not in server.get("/monitoring/prometheus/metrics").text:
        assert time.monotonic() < deadline
    assert "failed" not in caplog.text


def test_too_many_requests_at_a_time_are_429(start, varied_base):
    server = start(varied_base, model_name="varied", max_waiting=2, request_timeout_s=3.0)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(server.post, PREDICT, FOREVER) for _ in range(2)]
        deadline = time.monotonic() + 20
        while server.server._predictor._requests < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        response = server.post(PREDICT, {"instances": [1.0]})
        assert response.status_code == 429
        assert response.json()["error"] == "2 requests are waiting already; try again later"
        assert refused(server.prediction.Predict, predict_request(x=[1.0]))[0] == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert server.get("/v1/models/varied").status_code == 200
        assert [request.result().status_code for request in waiting] == [504, 504]
    assert server.post(PREDICT, {"instances": [1.0]}).status_code == 200


def test_who_leaves_frees_a_place(start, varied_base):
    server = start(varied_base, model_name="varied", max_waiting=1, request_timeout_s=2.0)
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(server.url(PREDICT), json=FOREVER, timeout=0.3)
    deadline = time.monotonic() + 20
    while server.server._predictor._requests:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    # The call itself goes on to its time limit; a thread of it is left for others.
    assert server.post(PREDICT, {"instances": [1.0]}).status_code == 200


def test_rows_are_the_same_whoever_shares_their_call(start, generators):
    """32 clients ask for a row each at the same time, then alone. With one size of calls, equal to the last bit."""
    server = start(generators, model_name="digits", padded_rows=(64,), call_wait_ms=50.0)
    together = threading.Barrier(32)

    def ask(seed):
        together.wait(60)
        return server.post(DIGITS, rows(seed)).json()["outputs"]

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        shared = list(pool.map(ask, range(32)))
    text = server.get("/monitoring/prometheus/metrics").text
    calls = int(next(line for line in text.splitlines() if "processed_batch_size_count" in line).split()[-1])
    assert calls < 32
    for seed in range(0, 32, 5):
        assert server.post(DIGITS, rows(seed)).json()["outputs"] == shared[seed]
    expected = np.sin(np.float32(7) * np.arange(1, 65, dtype=np.float32)).reshape(1, 8, 8, 1) / 2  # brightness 0.5
    np.testing.assert_allclose(shared[7], expected, atol=1e-6)


def test_a_bad_row_fails_alone(start, generators):
    server = start(generators, model_name="digits", call_wait_ms=300.0)
    good, bad = rows(1), rows(2)
    bad["inputs"]["truncation"] = [-1.0]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda request: server.post(DIGITS, request), [good, bad, good]))
    assert [answer.status_code for answer in answers] == [200, 400, 200]
    assert "truncation must be positive" in answers[1].json()["error"]


def test_a_request_of_more_rows_than_a_call_has_one_of_its_own(start, generators):
    server = start(generators, model_name="digits", max_call_rows=4)
    images = server.post(DIGITS, rows(*range(6))).json()["outputs"]
    assert images[5] == server.post(DIGITS, rows(5)).json()["outputs"][0]
    [sizes] = [line for line in server.get("/monitoring/prometheus/metrics").text.splitlines()
               if "processed_batch_size_sum" in line]
    assert sizes.endswith(" 1")  # the second request's row


@pytest.mark.parametrize(("asked", "calls"), [(None, 1), (frozenset(["sample_rows"]), 1), (frozenset(), 0),
                                              (frozenset(["png_rows"]), 0)])
def test_which_signatures_are_batched(start, generators, asked, calls):
    server = start(generators, model_name="digits", batched_signatures=asked)
    assert server.post(DIGITS, rows(1)).status_code == 200
    assert server.post(DIGITS, {"signature_name": "sample", "inputs": {"num_samples": 1, "seed": 1, "truncation": 1.0}}
                       ).status_code == 200
    assert (":processed_batch_size_count" in server.get("/monitoring/prometheus/metrics").text) == bool(calls)


def test_a_signature_that_mixes_rows_is_refused_in_a_batch(start, varied_base):
    """`uneven` has any number of rows in and out, and yet they are not the same: batched it fails, alone it works."""
    request = {"signature_name": "uneven", "inputs": [1.0, 2.0]}
    assert start(varied_base, model_name="varied", batched_signatures=frozenset(["two"])).post(
        PREDICT, request).json() == {"outputs": {"all": [1.0, 2.0], "first": [1.0]}}
    response = start(varied_base, model_name="varied").post(PREDICT, request)
    assert response.status_code == 400
    assert "its signature cannot be batched" in response.json()["error"]


def test_requests_of_other_shapes_do_not_meet(start, varied_base):
    server = start(varied_base, model_name="varied", call_wait_ms=200.0)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda size: server.post(PREDICT, {"signature_name": "matrix", "inputs": [[1.0] * size]}
                                                         ).json(), [1, 2, 2]))
    assert answers == [{"outputs": [[2.0]]}, {"outputs": [[2.0, 2.0]]}, {"outputs": [[2.0, 2.0]]}]


def test_answers_of_both_protocols_agree(start, generators):
    server = start(generators, model_name="digits")
    over_rest = server.post(DIGITS, rows(5)).json()["outputs"]
    request = predict_request("sample_rows", "digits", seed=np.array([5]), truncation=np.ones(1, np.float32))
    over_grpc = tf.make_ndarray(server.prediction.Predict(request).outputs["images"])
    np.testing.assert_array_equal(np.array(over_rest, np.float32), over_grpc)
