import errno
import fcntl
import json
import logging
import os
import pathlib
import signal
import socket
import subprocess
import sys

import pytest

from wirgan_tf.training.run_lock import RunInUseError, run_lock

HOLDER = """
import pathlib, sys, time
from wirgan_tf.training.run_lock import run_lock
with run_lock(pathlib.Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(60)
"""
ROOT = pathlib.Path(__file__).parents[2]


def test_another_process_is_named_and_kill_9_frees_the_lock(tmp_path):
    run = tmp_path / "lr[1e-3]"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, run], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert holder.stdout.readline() == "locked\n"
    message = rf"is in use: process {holder.pid} on {socket.gethostname()} is training it; wait"
    with pytest.raises(RunInUseError, match=message), run_lock(run):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with run_lock(run):
        assert json.loads((run / ".lock").read_text())["pid"] == os.getpid()


def test_twice_in_one_process_is_refused_and_once_after_the_other_is_not(tmp_path):
    with run_lock(tmp_path), pytest.raises(RunInUseError, match=f"process {os.getpid()} on"), run_lock(tmp_path):
        pass
    with run_lock(tmp_path):
        pass


def test_a_holder_that_has_not_written_its_name(tmp_path):
    with run_lock(tmp_path):
        (tmp_path / ".lock").write_text("")
        with pytest.raises(RunInUseError, match="another process is training it"), run_lock(tmp_path):
            pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks_warns(tmp_path, monkeypatch, caplog, number):
    def refuse(*args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with caplog.at_level(logging.WARNING), run_lock(tmp_path), run_lock(tmp_path):
        pass
    assert "has no locks" in caplog.text


def test_other_errors_are_errors(tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OSError, match="Input/output error"), run_lock(tmp_path):
        pass
    (tmp_path / "file").touch()
    message = r"cannot write to the run directory .*file \(.*exists\); choose another"
    with pytest.raises(OSError, match=message), run_lock(tmp_path / "file"):
        pass


def test_a_program_started_within_does_not_keep_the_lock(tmp_path):
    """The second lock raises if the program still holds the first."""
    with run_lock(tmp_path):
        program = subprocess.Popen(["sleep", "60"], close_fds=False)
    with run_lock(tmp_path):
        pass
    program.kill()
    program.wait()
