"""Programs of a study: what is done again after a stop, and what is not. A few lines stand for the training program."""

import pathlib
import sys
import threading
import time

import pytest

from wirgan_tf.studies import Job, Runner
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.run_lock import run_lock

# Flags: the run's folder, and a word. Training is a checkpoint of update 4.
PROGRAM = """
import os, pathlib, sys, time
folder, word = pathlib.Path(sys.argv[1]), sys.argv[2]
print(word, os.environ.get("TF_NUM_INTRAOP_THREADS"), "started", flush=True)
if word == "fail":
    print("error: it cannot be", flush=True)
    sys.exit(2)
if word == "slow":
    time.sleep(1)
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "checkpoints" / "ckpt-2.npz").touch()
    time.sleep(3)
if word == "endless":
    (folder / "began").touch()
    os.read(int(os.environ["WIRGAN_TF_LIFELINE"]), 1)
    (folder / "saw the end").touch()
    sys.exit(0)
(folder / "checkpoints").mkdir(parents=True, exist_ok=True)
(folder / "checkpoints" / ("ckpt-2.npz" if word == "half" else "ckpt-4.npz")).touch()
"""


def runner(folder, at_a_time=1):
    return Runner(folder, at_a_time, program=(sys.executable, "-c", PROGRAM))


def job(folder, name, *words, width=1):
    path = folder / "runs" / name
    return Job(name, RunDirectory(path), 4, [[str(path), word] for word in words], {"width": width})


def log(folder, name):
    return (folder / "logs" / f"{name}.log").read_text().splitlines()


def test_a_failure_is_reported_and_the_rest_goes_on(tmp_path):
    jobs = [job(tmp_path, "bad", "fail", "never"), job(tmp_path, "good", "train", "measure"),
            job(tmp_path, "stopped", "half")]
    bad, stopped = runner(tmp_path).run(jobs)
    assert (bad.name, bad.error, bad.log) == ("bad", "it cannot be", tmp_path / "logs" / "bad.log")
    assert (stopped.name, "the same command resumes it" in stopped.error) == ("stopped", True)
    assert [len(log(tmp_path, name)) for name in ("bad", "good")] == [2, 2]


def test_the_progress_line_shows_the_time_while_no_update_is_saved(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("wirgan_tf.studies.running._POLL_SECONDS", 0.1)
    assert runner(tmp_path).run([job(tmp_path, "a", "slow")]) == []
    lines = [line for line in capsys.readouterr().err.split("\r") if " 2/4 " in line and "a]" in line]
    assert len({line.partition("[")[2].partition("<")[0] for line in lines}) >= 2  # times


def test_what_is_done_is_not_done_again(tmp_path):
    for _ in range(2):
        assert runner(tmp_path).run([job(tmp_path, "a", "train")]) == []
    assert len(log(tmp_path, "a")) == 1
    runner(tmp_path).run([job(tmp_path, "a", "train", width=2)])
    assert len(log(tmp_path, "a")) == 2
    pathlib.Path(tmp_path, "runs", "a", "checkpoints", "ckpt-4.npz").unlink()
    runner(tmp_path).run([job(tmp_path, "a", "train", width=2)])
    assert len(log(tmp_path, "a")) == 3


def test_the_cores_are_divided(tmp_path, monkeypatch):
    monkeypatch.setattr("wirgan_tf.studies.running._cores", lambda: 6)
    runner(tmp_path, at_a_time=2).run([job(tmp_path, name, "train") for name in "abc"])
    assert {log(tmp_path, name)[0] for name in "abc"} == {"train 3 started"}


def test_programs_see_the_end_of_the_study(tmp_path, monkeypatch):
    """As Ctrl-C ends it: whoever runs is told, and what waits is not begun."""
    def interrupt(self, jobs, futures):
        while not (tmp_path / "runs" / "first" / "began").exists():
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(Runner, "_show_progress", interrupt)
    with pytest.raises(KeyboardInterrupt):
        runner(tmp_path).run([job(tmp_path, "first", "endless"), job(tmp_path, "second", "train")])
    assert (tmp_path / "runs" / "first" / "saw the end").exists()
    assert not (tmp_path / "logs" / "second.log").exists()


def test_waits_for_a_program_that_still_trains_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr("wirgan_tf.studies.running._POLL_SECONDS", 0.01)
    asked = job(tmp_path, "a", "train")
    with run_lock(asked.run.path):
        thread = threading.Thread(target=runner(tmp_path).run, args=([asked],))
        thread.start()
        time.sleep(0.1)
        assert not (tmp_path / "logs").exists()
    thread.join(timeout=30)
    assert log(tmp_path, "a") == ["train None started"]


def test_a_program_that_all_need(tmp_path):
    runner(tmp_path).run_program("classifier", [str(tmp_path), "train"])
    with pytest.raises(ChildProcessError, match="classifier failed: it cannot be; see"):
        runner(tmp_path).run_program("classifier", [str(tmp_path), "fail"])
