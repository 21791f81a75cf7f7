"""Local workers, and Beam's inner workings that they depend on: these fail when a version changes them."""

import inspect
import os
import pathlib
import shlex
import sys

from apache_beam.runners.portability import local_job_service
from apache_beam.runners.portability.fn_api_runner import fn_runner, worker_handlers

from tests.bulk.test_pipeline import Writing
from wirgan_tf.bulk import local_workers, pipeline
from wirgan_tf.bulk.shards import cut


def test_beam_waits_for_a_worker_in_the_thread_and_runs_the_module_that_are_looked_for():
    assert f"name='{local_workers._BABYSITTER}'" in inspect.getsource(worker_handlers.SubprocessSdkWorkerHandler)
    assert local_workers._WORKER in inspect.getsource(fn_runner.FnApiRunner.run_pipeline)


def test_beam_gives_a_command_to_a_shell():
    source = inspect.getsource(local_job_service.SubprocessSdkWorker.run)
    assert "shell=True" in source
    assert "raise RuntimeError" in source  # which ends the thread, and reaches `threading.excepthook`


def test_the_command_is_quoted(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/x/my project [1]/$venv/bin/python")
    assert shlex.split(local_workers.worker_command()) == [
        "/x/my project [1]/$venv/bin/python", "-m", "apache_beam.runners.worker.sdk_worker_main"]


def test_workers_start_by_an_interpreter_whose_path_a_shell_would_cut(tmp_path, monkeypatch):
    python = tmp_path / "my project; (1) $HOME \u00e9" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PYTHONPATH", str(pathlib.Path(__file__).parents[2]), prepend=os.pathsep)  # of `Writing`
    (tmp_path / "out").mkdir()
    pipeline.run(Writing(tmp_path / "out"), cut(20, 10), pipeline.Engine(workers=1))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"opened", "00000-of-00002", "00001-of-00002"}
    assert int((tmp_path / "out" / "00000-of-00002").read_text()) == os.cpu_count()
