"""One process trains a run at a time."""

import contextlib
import errno
import json
import logging
import os
import pathlib
import socket
from collections.abc import Iterator

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

_NAME = ".lock"
_WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


class RunInUseError(OSError):
    """Another process trains the run."""


@contextlib.contextmanager
def run_lock(run: pathlib.Path) -> Iterator[None]:
    """Holds the lock of the run in folder `run` within the block; a process that only reads a run does not take it.

    The system frees the lock when the process ends, however it ends. The file `.lock` stays, and says who has the lock.
    On a file system without locks there is a warning instead.

    Raises: `RunInUseError` when another process has it, naming process and machine; other `OSError`s when the folder
    cannot be written.
    """
    try:
        run.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(run / _NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OSError(f"cannot write to the run directory {run} ({error.strerror}); choose another") from error
    try:
        if _locked(descriptor, run):
            _write(descriptor, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}))
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int, run: pathlib.Path) -> bool:
    """Whether the lock was taken; False where there are no locks."""
    try:
        if fcntl is None:
            raise OSError(errno.ENOSYS, "no file locks")
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RunInUseError(f"{run} is in use: {_holder(descriptor)} is training it; wait until that has ended, stop "
                            "it, or use another run directory") from error
    except OSError as error:
        if error.errno not in _WITHOUT_LOCKS:
            raise
        logging.warning("the file system of %s has no locks (%s): see to it that no other process trains this run", run,
                        error.strerror)
        return False
    return True


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {holder['pid']} on {holder['host']}"
    except (ValueError, KeyError, TypeError):  # the holder has not written yet
        return "another process"


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode() + b"\n", 0)
