"""The server as a program: its one line, its signals, its wrong flags."""

import asyncio
import pathlib
import re
import socket
import time

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.serving.conftest import running
from wirgan_tf.serving.errors import HTTP_STATUS
from wirgan_tf.serving.server import Server, serve
from wirgan_tf.serving.settings import Settings

ROOT = pathlib.Path(__file__).parents[2]
LINE = re.compile(r"serving (\S+) at REST (http://127\.0\.0\.1:\d+) gRPC (127\.0\.0\.1:\d+)\n")


def test_who_watches_the_health_holds_no_one_up(varied_base):
    with (running(varied_base, model_name="varied") as server,
          grpc.insecure_channel(server.server.grpc_address) as other):
        seen = []
        watch = health_pb2_grpc.HealthStub(other).Watch(health_pb2.HealthCheckRequest())
        seen.append(next(watch).status)
        start = time.monotonic()
        server.do(server.server.stop())
        assert time.monotonic() - start < 15
        with pytest.raises(grpc.RpcError):
            seen.extend(answer.status for answer in watch)
        assert seen == [health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING]


def test_ports_in_use(varied_base):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for which, other in (("rest_port", "grpc_port"), ("grpc_port", "rest_port")):
            server = Server(Settings(varied_base, **{which: port, other: 0}))
            with pytest.raises(OSError, match=f"{which}={port}: cannot listen on 127.0.0.1:{port}"):
                asyncio.run(server.start())


def test_an_address_of_the_other_protocol(start, varied_base):
    server = start(varied_base, model_name="varied", host="::1")
    assert server.server.rest_address.startswith("http://[::1]:")
    assert server.post("/v1/models/varied:predict", {"instances": [1.0]}).json() == {"predictions": [2.5]}


@pytest.mark.parametrize(("changed", "message"), [
    ({"padded_rows": (64, 2)}, "padded_rows=64,2: must be ascending numbers from 1 up to max_call_rows=64"),
    ({"padded_rows": (0, 64)}, "must be ascending numbers from 1 up"),
    ({"padded_rows": (1, 2)}, "padded_rows=1,2: .* up to max_call_rows=64"),
    ({"max_call_rows": 0}, "max_call_rows=0: must be at least 1"),
    ({"model_name": "a/b"}, "model_name=a/b: must be one or more characters other than / and :"),
    ({"model_base": pathlib.Path("/")}, "model_name=: must be one or more characters"),
    ({"rest_port": 70000}, r"rest_port=70000: must be 0 \(any free one\) to 65535"),
    ({"grpc_port": -1}, "grpc_port=-1: must be 0"),
    ({"max_request_mb": 0.0}, "max_request_mb=0.0: must be greater than 0"),
    ({"request_timeout_s": float("nan")}, "request_timeout_s=nan: must be greater than 0"),
    ({"poll_s": -1.0}, "poll_s=-1.0: must be greater than 0"),
    ({"max_waiting": 0}, "max_waiting=0: must be at least 1"),
    ({"parallel_calls": 0}, "parallel_calls=0: must be at least 1"),
    ({"call_wait_ms": -1.0}, "call_wait_ms=-1.0: must be at least 0"),
])
def test_settings_that_cannot_work(changed, message):
    with pytest.raises(ValueError, match=message):
        Settings(**{"model_base": pathlib.Path("m"), **changed})


def test_the_model_has_the_name_of_its_folder():
    assert Settings(pathlib.Path("a/digits")).name == "digits"


def test_a_folder_that_is_not_there():
    with pytest.raises(FileNotFoundError, match="model_base=nowhere: there is no such folder"):
        serve(Settings(pathlib.Path("nowhere")))


def test_signatures_that_cannot_be_batched(varied_base):
    server = Server(Settings(varied_base, rest_port=0, grpc_port=0, batched_signatures=frozenset(["scalars", "two"])))
    with pytest.raises(ValueError, match=r"batched_signatures=scalars: not in version 7.*that can be are: .*two"):
        asyncio.run(server.start())


@pytest.mark.parametrize(("code", "status"), [
    ("INVALID_ARGUMENT", 400), ("FAILED_PRECONDITION", 400), ("OUT_OF_RANGE", 400), ("NOT_FOUND", 404),
    ("RESOURCE_EXHAUSTED", 429), ("UNIMPLEMENTED", 501), ("UNAVAILABLE", 503), ("DEADLINE_EXCEEDED", 504),
    ("INTERNAL", 500), ("CANCELLED", 499), ("UNAUTHENTICATED", 401), ("PERMISSION_DENIED", 403)])
def test_http_statuses_are_tensorflow_servings(code, status):
    assert HTTP_STATUS[grpc.StatusCode[code]] == status
    assert set(HTTP_STATUS) == set(grpc.StatusCode)
