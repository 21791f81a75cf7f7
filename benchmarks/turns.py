"""Programs that take turns on one machine, so that all of them see it at the same speed, however that changes."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Protocol

_WARMUP = 3


class TakesTurns(Protocol):
    """Does its work whenever it is asked to."""

    def turn(self) -> dict[str, float]:
        """Seconds `s` and CPU seconds `cpu_s` of one more turn."""


class Worker:
    """A process that does its work whenever it is asked to: a program that calls `answer_turns`.

    Args:
      command: of the program.
      environment: variables that it has besides those of this process.
    """

    def __init__(self, command: list[str], environment: Mapping[str, str]):
        self._process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         env={**os.environ, **environment})

    def turn(self) -> dict[str, float]:
        """Seconds and CPU seconds of one more turn. Raises `RuntimeError` when the process has ended."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self._process.args)} ended with exit code {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def answer_turns(work: Callable[[], object]) -> None:
    """Does `work` for each line of the standard input, and prints what it took."""
    for _ in sys.stdin:
        print(json.dumps(timed(work)), flush=True)


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Seconds `s` and CPU seconds `cpu_s` of doing `work` once."""
    start, cpu_start = time.perf_counter(), time.process_time()
    work()
    return {"s": time.perf_counter() - start, "cpu_s": time.process_time() - cpu_start}


def take_turns(workers: Mapping[str, TakesTurns], repeats: int,
               warmup: int = _WARMUP) -> list[dict[str, dict[str, float]]]:
    """What each worker's turn took, by its name, in each of `repeats` rounds; each round begins with another worker."""
    names = list(workers)
    for _ in range(warmup):
        for name in names:
            workers[name].turn()
    rounds = []
    for _ in range(repeats):
        rounds.append({name: workers[name].turn() for name in names})
        names.reverse()
    return rounds


def compared(rounds: list[dict[str, dict[str, float]]], one: str, other: str) -> dict[str, float]:
    """Both medians, and the median, least and greatest ratio of a turn of `one` to that of `other`."""
    found = {f"{name}_{unit}": round(statistics.median(turn[name][unit] for turn in rounds), 4)
             for name in (other, one) for unit in ("s", "cpu_s")}
    ratios, cpu_ratios = (sorted(turn[one][unit] / turn[other][unit] for turn in rounds) for unit in ("s", "cpu_s"))
    return {**found, "ratio": round(statistics.median(ratios), 4), "least_ratio": round(ratios[0], 4),
            "greatest_ratio": round(ratios[-1], 4), "cpu_ratio": round(statistics.median(cpu_ratios), 4)}
