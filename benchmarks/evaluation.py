"""What measuring costs: features through the classifier against the bare network, and the arithmetic on 2,048 features.

    python benchmarks/evaluation.py --images=10000 --rows=50000

Prints JSON lines, each with the process's peak memory so far.
"""

import argparse
import functools
import os
import resource
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from common import Drawn, report, summary

from wirgan_tf import evaluation
from wirgan_tf.data import ArraySource
from wirgan_tf.evaluation.classifier import Classifier, build_network

_BARE_BATCH = 500


class WideFeatures:
    """Stands for a network of 2,048 features and 1,008 classes, without its work: random projections of the pixels."""

    name, hash, resize, dataset = "wide", "0", "none", ""

    def __init__(self, pixels: int):
        random = np.random.default_rng(0)
        self._to_features = random.standard_normal((pixels, 2048), np.float32)
        self._to_logits = random.standard_normal((pixels, 1008), np.float32)

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        flat = images.reshape(len(images), -1)
        return flat @ self._to_logits, np.maximum(flat @ self._to_features, 0)


def drawn(seeds: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(int(seeds[0]))
    return random.uniform(-1, 1, (len(seeds), 28, 28, 1)).astype(np.float32)


def memory() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)


def timed(function) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def features(count: int, repeats: int) -> None:
    """The classifier as the measures use it, interleaved with its compiled network on batches in memory."""
    classifier = Classifier("mnist", build_network((28, 28, 1), 10, seed=0), 0.0, 0)
    images = drawn(np.arange(count))
    bare = tf.function(classifier.network)
    batches = tf.constant(images[:count - count % _BARE_BATCH].reshape(-1, _BARE_BATCH, 28, 28, 1))
    used, alone = [], []
    for _ in range(repeats + 1):
        used.append(timed(lambda: evaluation.extract(classifier, np.split(images, range(640, count, 640)))))
        alone.append(timed(lambda: [bare(batch, training=False)[0].numpy() for batch in batches]))
    found = summary(used[1:])
    report("evaluation_features", images=count, **found, bare_median_s=summary(alone[1:])["median_s"],
           share_of_bare_rate=round(summary(alone[1:])["median_s"] / found["median_s"], 3), memory_gb=memory())


def arithmetic(count: int) -> None:
    """Streams `count` images through 2,048 features and times each measure of them."""
    source = ArraySource("noise", np.random.default_rng(1).integers(0, 256, (count, 28, 28, 1), dtype=np.uint8))
    network = WideFeatures(28 * 28)
    for measure in ("is", "fid", "kid"):
        protocol = evaluation.Protocol([measure], count)
        seconds = timed(functools.partial(evaluation.evaluate, Drawn(drawn), source, evaluation.Instruments(network),
                                          protocol, cache=None))
        report("evaluation_all", measure=measure, images=count, features=2048, seconds=round(seconds, 1),
               memory_gb=memory())
    real, fake = np.random.default_rng(2).standard_normal((2, 10_000, 2048), np.float32)
    report("frechet_distance", rows=10_000, features=2048, memory_gb=memory(),
           **summary([timed(lambda: evaluation.frechet_distance(real, fake)) for _ in range(3)]))


def repeated_calls(calls: int) -> None:
    """Memory after each of many calls of TF-GAN's formulas, whose users report that it grows."""
    logits = np.random.default_rng(0).standard_normal((2_000, 1008), np.float32)
    grown = []
    for _ in range(calls):
        evaluation.inception_score(logits)
        evaluation.kernel_distance(logits[:, :128], logits[:, 128:256])
        with open("/proc/self/statm") as file:
            grown.append(int(file.read().split()[1]) * resource.getpagesize() / 2**20)
    report("repeated_calls", calls=calls, mb_after_5=round(grown[4]), mb_at_the_end=round(grown[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--calls", type=int, default=50)
    arguments = parser.parse_args()
    repeated_calls(arguments.calls)
    features(arguments.images, arguments.repeats)
    arithmetic(arguments.rows)


if __name__ == "__main__":
    main()
