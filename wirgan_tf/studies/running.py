"""Runs the programs of a study: what is missing, several at a time, and again after any stop."""

import concurrent.futures
import dataclasses
import json
import logging
import os
import pathlib
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import tqdm

from wirgan_tf.environment import LIFELINE
from wirgan_tf.files import append_lines, read_lines
from wirgan_tf.training.checkpoints import updates_made
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.run_lock import RunInUseError, run_lock

_POLL_SECONDS = 1.0
_STOPPED = "stopped; the same command resumes it"


@dataclasses.dataclass(frozen=True)
class Job:
    """One run of a study, as programs make it.

    name: of the run, and of its log.
    run: where it is kept.
    iterations: generator updates that it has to reach.
    commands: flags of the programs that train and measure it, one after the other.
    wanted: what the commands should produce, as JSON; a job that was finished with the same `wanted` is skipped.
    """

    name: str
    run: RunDirectory
    iterations: int
    commands: Sequence[Sequence[str]]
    wanted: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Failure:
    """A run that was not made: its name, the error, and the log of its programs."""

    name: str
    error: str
    log: pathlib.Path


class Runner:
    """Runs jobs as programs of their own, and remembers in a folder which are done.

    The programs end when this one does, however it ends: those that train save their work first. The folder has a log
    for each job.

    Args:
      folder: of logs and of the list of finished jobs.
      at_a_time: jobs that run at the same time; the cores are divided among them.
      program: the program to which the flags of a command are given.
    """

    def __init__(self, folder: pathlib.Path, at_a_time: int = 1,
                 program: Sequence[str] = (sys.executable, "-m", "wirgan_tf.main")):
        self._program = program
        self._folder = folder
        self._at_a_time = at_a_time
        self._stopping = threading.Event()
        self._running: set[str] = set()
        self._lifeline: tuple[int, int] = (-1, -1)

    def run(self, jobs: Sequence[Job]) -> list[Failure]:
        """Runs what is not done; a job that fails is reported, and the others go on.

        Raises: `KeyboardInterrupt` after Ctrl-C, once the programs have saved their work and ended.
        """
        missing = [job for job in jobs if not self._is_done(job)]
        if not jobs:
            return []
        with concurrent.futures.ThreadPoolExecutor(self._at_a_time) as pool:
            self._lifeline = os.pipe()
            try:
                futures = [pool.submit(self._make, job) for job in missing]
                self._show_progress(jobs, futures)
            except BaseException:
                self._stopping.set()
                if self._running:
                    logging.warning("stopping; waiting for %s to save its work", " and ".join(sorted(self._running)))
                raise
            finally:
                os.close(self._lifeline[1])  # at a normal end no program is left to notice it
        os.close(self._lifeline[0])
        return [failure for future in futures if (failure := future.result())]

    def run_program(self, name: str, flags: Sequence[str]) -> None:
        """Runs one program that the jobs need. Raises `ChildProcessError` with its error."""
        self._lifeline = os.pipe()
        try:
            error = self._error_of(name, flags)
        finally:
            for end in self._lifeline:
                os.close(end)
        if error:
            raise ChildProcessError(f"{name} failed: {error}; see {self._log(name)}")

    @property
    def _done_file(self) -> pathlib.Path:
        return self._folder / "done.jsonl"

    def _log(self, name: str) -> pathlib.Path:
        return self._folder / "logs" / f"{name}.log"

    def _is_done(self, job: Job) -> bool:
        done = {line["job"]: line["wanted"] for line in read_lines(self._done_file, {"job": str, "wanted": dict})}
        return (done.get(job.name) == json.loads(json.dumps(job.wanted))
                and updates_made(job.run.checkpoints) >= job.iterations)

    def _make(self, job: Job) -> Failure | None:
        if not self._stopping.is_set():
            self._running.add(job.name)
        try:
            return self._run_commands(job)
        finally:
            self._running.discard(job.name)

    def _run_commands(self, job: Job) -> Failure | None:
        self._wait_for_another(job)
        for flags in job.commands:
            if error := self._error_of(job.name, flags):
                return Failure(job.name, error, self._log(job.name))
            if updates_made(job.run.checkpoints) < job.iterations:
                return Failure(job.name, _STOPPED, self._log(job.name))
        append_lines(self._done_file, [{"job": job.name, "wanted": job.wanted}])
        return None

    def _wait_for_another(self, job: Job) -> None:
        """Waits until no other program trains the run; one left from a killed study may still do so briefly."""
        told = False
        while not self._stopping.is_set():
            try:
                with run_lock(job.run.path):
                    return
            except RunInUseError as error:
                if not told:
                    logging.info("waiting: %s", error)
                told = True
                self._stopping.wait(_POLL_SECONDS)

    def _error_of(self, name: str, flags: Sequence[str]) -> str:
        """Runs one program to its end, and returns its error, or ""."""
        if self._stopping.is_set():
            return _STOPPED
        path = self._log(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "ab") as log:
            start = log.tell()
            code = subprocess.run([*self._program, *flags], stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=subprocess.STDOUT, env=self._environment(), pass_fds=[self._lifeline[0]],
                                  check=False).returncode
        if code == 0:
            return ""
        lines = path.read_bytes()[start:].decode(errors="replace").splitlines()
        errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
        return _STOPPED if self._stopping.is_set() else errors[-1] if errors else f"ended with exit code {code}"

    def _environment(self) -> dict[str, str]:
        environment = {**os.environ, LIFELINE: str(self._lifeline[0])}
        if self._at_a_time > 1:
            threads = str(max(1, _cores() // self._at_a_time))
            environment |= dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
                                         threads)
        return environment

    def _show_progress(self, jobs: Sequence[Job], futures: Sequence[concurrent.futures.Future]) -> None:
        """One line until all have ended: jobs done, time left at the rate of updates saved so far, and jobs running."""
        def made() -> int:
            return sum(min(updates_made(job.run.checkpoints), job.iterations) for job in jobs)

        interval = 0.5 if sys.stderr.isatty() else 30.0
        with tqdm.tqdm(total=sum(job.iterations for job in jobs), initial=made(), unit="update", smoothing=0,
                       dynamic_ncols=True, mininterval=interval, miniters=0) as bar:  # 0: time goes on without updates
            left: Sequence[concurrent.futures.Future] = futures
            while True:
                left = [future for future in left if not future.done()]
                bar.set_description(f"{len(jobs) - len(left)} of {len(jobs)} jobs", refresh=False)
                bar.set_postfix_str(", ".join(sorted(self._running)), refresh=False)
                bar.update(made() - bar.n)
                if not left:
                    return
                concurrent.futures.wait(left, _POLL_SECONDS)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
