"""What the benchmarks share: versions and machine in every line, and the machine's own speed to compare with."""

import json
import os
import platform
import statistics
import time

import keras
import tensorflow as tf


def report(benchmark: str, **fields) -> None:
    """Prints one JSON line."""
    print(json.dumps({"benchmark": benchmark, **fields, "cpus": os.cpu_count(), "python": platform.python_version(),
                      "tensorflow": tf.__version__, "keras": keras.__version__}), flush=True)


def summary(seconds: list[float]) -> dict[str, float]:
    """Median, least and greatest of `seconds`."""
    return {"median_s": round(statistics.median(seconds), 4), "min_s": round(min(seconds), 4),
            "max_s": round(max(seconds), 4)}


def matmul_rate(size: int = 2048, repeats: int = 7) -> float:
    """Multiply-adds a second of a large float32 matrix product: what the machine can do."""
    matrix = tf.random.stateless_normal([size, size], [0, 0])
    multiply = tf.function(tf.matmul)
    multiply(matrix, matrix)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        multiply(matrix, matrix).numpy()
        seconds.append(time.perf_counter() - start)
    return size**3 / statistics.median(seconds)
