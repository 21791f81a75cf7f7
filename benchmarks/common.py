"""What the benchmarks share: sizes, versions and machine in every line, the machine's own speed to compare with."""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf


def report(benchmark: str, **fields) -> None:
    """Prints one JSON line."""
    print(json.dumps({"benchmark": benchmark, **fields, "cpus": os.cpu_count(), "python": platform.python_version(),
                      "tensorflow": tf.__version__, "keras": keras.__version__}), flush=True)


def summary(seconds: list[float]) -> dict[str, float]:
    """Median, least and greatest of `seconds`."""
    return {"median_s": round(statistics.median(seconds), 4), "min_s": round(min(seconds), 4),
            "max_s": round(max(seconds), 4)}


def update_parser(about: str) -> argparse.ArgumentParser:
    """The flags of an update's size, which are also those of the peers."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    for name, default in {"size": 28, "channels": 1, "width": 128, "steps": 3, "batch": 64, "critic_updates": 5,
                          "repeats": 8}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--toy", action="store_true", help="points in the plane and fully connected networks")
    parser.add_argument("--jit_compile", action="store_true")
    parser.add_argument("--recompute", action="store_true")
    return parser


def update_settings(arguments: argparse.Namespace) -> tuple[dict[str, Any], tuple[int, ...]]:
    """The settings of the run whose update is timed, and the shape of its images or points."""
    shape = (2,) if arguments.toy else (arguments.size, arguments.size, arguments.channels)
    return {"network": "mlp" if arguments.toy else "convolutional", "width": arguments.width,
            "time_steps": arguments.steps, "batch_size": arguments.batch, "critic_updates": arguments.critic_updates,
            "recompute": arguments.recompute}, shape


class Drawn:
    """Stands for a generator when images are measured: `images` float32 [N, H, W, C] of seeds int64 [N]."""

    def __init__(self, images: Callable[[np.ndarray], np.ndarray]):
        self._images = images

    def conditions(self, seeds: np.ndarray) -> dict[str, np.ndarray]:
        del seeds
        return {}

    def images(self, seeds: np.ndarray, conditions: dict[str, np.ndarray]) -> np.ndarray:
        del conditions
        return self._images(seeds)


def matmul_rate(size: int = 2048, repeats: int = 7) -> float:
    """Multiply-adds per second of a large float32 matrix product: what the machine can do."""
    matrix = tf.random.stateless_normal([size, size], [0, 0])
    multiply = tf.function(tf.matmul)
    multiply(matrix, matrix)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        multiply(matrix, matrix).numpy()
        seconds.append(time.perf_counter() - start)
    return size**3 / statistics.median(seconds)
