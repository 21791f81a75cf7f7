"""The server as a program: its one line, its signals, its wrong flags."""

import asyncio
import concurrent.futures
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

import grpc
import pytest
import requests
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.serving.conftest import running
from wirgan_tf.command_line import parse
from wirgan_tf.commands import serve
from wirgan_tf.serving.errors import HTTP_STATUS
from wirgan_tf.serving.server import Server
from wirgan_tf.serving.settings import Settings

ROOT = pathlib.Path(__file__).parents[2]
LINE = re.compile(r"serving (\S+) at REST (http://127\.0\.0\.1:\d+) gRPC (127\.0\.0\.1:\d+)\n")


@pytest.fixture
def program(varied_base):
    """Starts the program over the model `varied`: program(*flags) -> process, REST address."""
    processes = []

    def start(*flags):
        command = [sys.executable, "-m", "wirgan_tf.main", "--mode=serve", f"--model_base={varied_base}",
                   "--model_name=varied", "--rest_port=0", "--grpc_port=0", *flags]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        processes.append(process)
        line = process.stdout.readline()
        match = LINE.fullmatch(line)
        assert match, line + process.stderr.read()
        assert match[1] == "varied"
        grpc.channel_ready_future(grpc.insecure_channel(match[3])).result(20)
        return process, match[2]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_sigterm_answers_what_is_accepted_and_nothing_else(program):
    process, address = program("--request_timeout_s=60")
    url = f"{address}/v1/models/varied:predict"
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        accepted = pool.submit(requests.post, url, json={"signature_name": "slow", "inputs": [3_000]}, timeout=60)
        time.sleep(0.5)  # until it is accepted; its call takes about as long again
        process.send_signal(signal.SIGTERM)
        answer = accepted.result()
    assert (answer.status_code, answer.json()) == (200, {"outputs": [3_000]})
    shown, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert shown == ""
    assert "stopping: answering what has been accepted" in told
    assert "Traceback" not in told
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(url, timeout=60)


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


def test_ports_in_use_are_told(varied_base):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for which, other in (("rest_port", "grpc_port"), ("grpc_port", "rest_port")):
            server = Server(Settings(varied_base, **{which: port, other: 0}))
            with pytest.raises(OSError, match=f"--{which}={port}: cannot listen on 127.0.0.1:{port}"):
                asyncio.run(server.start())


def test_an_address_of_the_other_protocol(start, varied_base):
    server = start(varied_base, model_name="varied", host="::1")
    assert server.server.rest_address.startswith("http://[::1]:")
    assert server.post("/v1/models/varied:predict", {"instances": [1.0]}).json() == {"predictions": [2.5]}


def settings_of(monkeypatch, *flags):
    """The settings that the command makes of flags."""
    made = []
    monkeypatch.setattr("wirgan_tf.serving.server.serve", lambda settings, announce: made.append(settings))
    serve(parse(["main", "--mode=serve", *flags]))
    return made[0]


def test_flags(monkeypatch):
    assert settings_of(monkeypatch, "--model_base=a/digits") == Settings(pathlib.Path("a/digits"))
    assert Settings(pathlib.Path("a/digits")).name == "digits"
    made = settings_of(monkeypatch, "--model_base=b", "--served_versions=1,3", "--version_labels=stable:1, canary:3",
                       "--batched_signatures=sample_rows,png_rows", "--max_call_rows=80", "--padded_rows=8,80",
                       "--max_request_rows=32", "--host=0.0.0.0", "--model_name=digits", "--poll_s=5",
                       "--rest_port=1", "--grpc_port=2")
    assert (made.policy.kind, made.policy.numbers) == ("specific", {1, 3})
    assert made.labels == {"stable": 1, "canary": 3}
    assert made.batched_signatures == {"sample_rows", "png_rows"}
    assert (made.padded_rows, made.max_call_rows, made.max_request_rows) == ((8, 80), 80, 32)
    assert (made.host, made.name) == ("0.0.0.0", "digits")
    assert (made.rest_port, made.grpc_port, made.poll_s) == (1, 2, 5.0)
    made = settings_of(monkeypatch, "--model_base=b", "--served_versions=all", "--batched_signatures=none")
    assert (made.policy.kind, made.batched_signatures) == ("all", frozenset())


@pytest.mark.parametrize(("flags", "message"), [
    ([], "--mode=serve needs --model_base of an exported model's versions"),
    (["--model_base=m", "--served_versions=latest"], "--served_versions=latest: expected newest, all, or numbers"),
    (["--model_base=m", "--version_labels=stable"], "--version_labels=stable: expected names with versions, as in"),
    (["--model_base=m", "--version_labels=stable:x"], "expected names with versions"),
    (["--model_base=m", "--padded_rows=a"], "--padded_rows=a: expected numbers separated by commas"),
    (["--model_base=m", "--padded_rows=64,2"], "--padded_rows=64,2: must be ascending numbers from 1 up to --max_call"),
    (["--model_base=m", "--padded_rows=0,64"], "must be ascending numbers from 1 up"),
    (["--model_base=m", "--padded_rows=1,2"], "--padded_rows=1,2: .* up to --max_call_rows=64"),
    (["--model_base=m", "--max_call_rows=0"], "--max_call_rows=0: must be at least 1"),
    (["--model_base=m", "--model_name=a/b"], "--model_name=a/b: must be one or more characters other than / and :"),
    (["--model_base=/"], "--model_name=: must be one or more characters"),
    (["--model_base=m", "--rest_port=70000"], r"--rest_port=70000: must be 0 \(any free one\) to 65535"),
    (["--model_base=m", "--grpc_port=-1"], "--grpc_port=-1: must be 0"),
    (["--model_base=m", "--max_request_mb=0"], "--max_request_mb=0.0: must be greater than 0"),
    (["--model_base=m", "--request_timeout_s=nan"], "--request_timeout_s=nan: must be greater than 0"),
    (["--model_base=m", "--poll_s=-1"], "--poll_s=-1.0: must be greater than 0"),
    (["--model_base=m", "--max_waiting=0"], "--max_waiting=0: must be at least 1"),
    (["--model_base=m", "--parallel_calls=0"], "--parallel_calls=0: must be at least 1"),
    (["--model_base=m", "--call_wait_ms=-1"], "--call_wait_ms=-1.0: must be at least 0"),
])
def test_wrong_flags(monkeypatch, flags, message):
    with pytest.raises(ValueError, match=message):
        settings_of(monkeypatch, *flags)


def test_a_folder_that_is_not_there():
    with pytest.raises(FileNotFoundError, match="--model_base=nowhere: there is no such folder"):
        serve(parse(["main", "--mode=serve", "--model_base=nowhere"]))


def test_the_extra_that_is_not_installed(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"needs aiohttp, grpc_health.*pip install 'wirgan-tf\[serving\]'"):
        serve(parse(["main", "--mode=serve", "--model_base=m"]))


def test_signatures_that_cannot_be_batched_are_told(varied_base):
    server = Server(Settings(varied_base, rest_port=0, grpc_port=0, batched_signatures=frozenset(["scalars", "two"])))
    with pytest.raises(ValueError, match=r"--batched_signatures=scalars: not in version 7.*that can be are: .*two"):
        asyncio.run(server.start())


@pytest.mark.parametrize(("code", "status"), [
    ("INVALID_ARGUMENT", 400), ("FAILED_PRECONDITION", 400), ("OUT_OF_RANGE", 400), ("NOT_FOUND", 404),
    ("RESOURCE_EXHAUSTED", 429), ("UNIMPLEMENTED", 501), ("UNAVAILABLE", 503), ("DEADLINE_EXCEEDED", 504),
    ("INTERNAL", 500), ("CANCELLED", 499), ("UNAUTHENTICATED", 401), ("PERMISSION_DENIED", 403)])
def test_http_statuses_are_tensorflow_servings(code, status):
    assert HTTP_STATUS[grpc.StatusCode[code]] == status
    assert set(HTTP_STATUS) == set(grpc.StatusCode)
