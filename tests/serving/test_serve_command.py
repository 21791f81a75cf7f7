"""The program `--mode=serve`: from flags to settings, and its end."""

import concurrent.futures
import pathlib
import re
import signal
import subprocess
import sys
import time

import grpc
import pytest
import requests

from wirgan_tf.command_line import parse
from wirgan_tf.config import Config
from wirgan_tf.serving.settings import Settings
from wirgan_tf.training.run_directory import RunDirectory

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
    shown, logged = process.communicate(timeout=60)
    assert process.returncode == 0, logged
    assert shown == ""
    assert "stopping: answering what has been accepted" in logged
    assert "Traceback" not in logged
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(url, timeout=60)


def settings_of(monkeypatch, *flags):
    """The settings that the command makes of flags."""
    made = []
    monkeypatch.setattr("wirgan_tf.serving.server.serve", lambda settings, announce: made.append(settings))
    parse(["main", "--mode=serve", *flags]).run()
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


def test_a_run_is_served_by_its_exports(monkeypatch, tmp_path):
    run = RunDirectory(tmp_path / "mine")
    with pytest.raises(FileNotFoundError, match=r"no run in .*mine"):
        settings_of(monkeypatch, f"--run_dir={run.path}")
    run.path.mkdir()
    Config().save(run.config_file)
    with pytest.raises(FileNotFoundError, match=r"no export yet: .*--mode=export --run_dir=.*mine --model_base="):
        settings_of(monkeypatch, f"--run_dir={run.path}")
    run.export.mkdir()
    made = settings_of(monkeypatch, f"--run_dir={run.path}")
    assert (made.model_base, made.name) == (run.export, "mine")
    assert settings_of(monkeypatch, f"--run_dir={run.path}", "--model_name=digits").name == "digits"
    with pytest.raises(ValueError, match="run_dir and pretrained were given; choose one of them"):
        settings_of(monkeypatch, "--run_dir=mine", "--pretrained=mnist_gp_wirgan_t3")


@pytest.mark.parametrize(("flags", "message"), [
    ([], "--mode=serve needs --model_base of an exported model's versions"),
    (["--model_base=m", "--served_versions=latest"], "--served_versions=latest: expected newest, all, or numbers"),
    (["--model_base=m", "--version_labels=stable"], "--version_labels=stable: expected names with versions, as in"),
    (["--model_base=m", "--version_labels=stable:1,stable:2"], "a name stands for one version"),
    (["--model_base=m", "--version_labels=stable:x"], "expected names with versions"),
    (["--model_base=m", "--padded_rows=a"], "--padded_rows=a: expected numbers separated by commas"),
])
def test_wrong_flags(monkeypatch, flags, message):
    with pytest.raises(ValueError, match=message):
        settings_of(monkeypatch, *flags)


def test_the_extra_that_is_not_installed(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"needs aiohttp, grpc_health.*pip install 'wirgan-tf\[serving\]'"):
        parse(["main", "--mode=serve", "--model_base=m"]).run()
