"""How fast an export draws, against its bare convolutions, and what its seeds and truncations do to the images.

    python benchmarks/sampling.py --model_dir=export/models/mnist_gp_wirgan_t3/1
    python benchmarks/sampling.py --width=128

Without --model_dir a generator of 28x28x1 images is exported first, with its initial weights. Prints JSON lines:
  sampling: seconds for --images images through `sample_rows`, taking turns with the convolutions and products of
    decoder and encoder alone, on arrays in memory;
  sampling_rows: milliseconds of calls of one row and of 64, and how far images drawn together and alone differ;
  sampling_truncation: the standard deviation of the images over seeds, averaged over the pixels, with --model_dir only.
"""

import argparse
import os
import pathlib
import tempfile
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import multiply_adds
import numpy as np
import tensorflow as tf
from common import matmul_rate, report, summary

from wirgan_tf.config import Config
from wirgan_tf.exporting import export_generator
from wirgan_tf.models import build_model
from wirgan_tf.networks.convolutional import channel_levels

_ROWS = 64
_TRUNCATIONS, _SEEDS = (1.0, 0.8, 0.5, 0.25, 0.1, 0.03, 0.01), 500


def bare(width: int, time_steps: int, rows: int) -> Callable[[], None]:
    """Convolutions and products of a generator of 28x28x1 images, for `rows` of them, with nothing in between."""
    first, second = channel_levels((28, 28, 1), width)
    noise, top = tf.ones([rows, 256]), tf.ones([rows, 7, 7, second])
    middle, image = tf.ones([rows, 14, 14, first]), tf.ones([rows, 28, 28, 1])
    dense, to_state = tf.ones([256, 49 * second]), tf.ones([49 * second, 128])
    outer, inner = tf.ones([5, 5, 1, first]), tf.ones([5, 5, first, second])

    @tf.function
    def decode(noise, top, middle):
        return [tf.matmul(noise, dense), tf.nn.conv2d_transpose(top, inner, [rows, 14, 14, first], 2),
                tf.nn.conv2d_transpose(middle, outer, [rows, 28, 28, 1], 2)]

    @tf.function
    def encode(image, middle, top):
        return [tf.nn.conv2d(image, outer, 2, "SAME"), tf.nn.conv2d(middle, inner, 2, "SAME"),
                tf.matmul(tf.reshape(top, [rows, -1]), to_state)]

    def draw() -> None:
        for step in range(time_steps):
            if step:
                encode(image, middle, top)
            decode(noise, top, middle)

    return draw


def timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def rate(rows: Callable, width: int, time_steps: int, images: int, repeats: int) -> None:
    calls = images // _ROWS
    alone = bare(width, time_steps, _ROWS)
    drawn, convolved = [], []
    for _ in range(repeats + 1):
        drawn.append(timed(lambda: [rows("sample_rows", _ROWS, first=_ROWS * call) for call in range(calls)]))
        convolved.append(timed(lambda: [alone() for _ in range(calls)]))
    found = summary(drawn[1:])
    work = calls * _ROWS * multiply_adds.draw(Config(width=width, time_steps=time_steps), (28, 28, 1))
    report("sampling", width=width, time_steps=time_steps, images=calls * _ROWS, **found,
           images_per_s=round(calls * _ROWS / found["median_s"]), bare_median_s=summary(convolved[1:])["median_s"],
           share_of_bare_rate=round(summary(convolved[1:])["median_s"] / found["median_s"], 3), multiply_adds=work,
           share_of_matmul_rate=round(work / found["median_s"] / matmul_rate(), 3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model_dir", help="folder of a version: a generator of 28x28x1 images")
    parser.add_argument("--width", type=int, default=128, help="of the generator")
    parser.add_argument("--steps", type=int, default=3, help="of the generator")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = Config(width=arguments.width, time_steps=arguments.steps)
        path = arguments.model_dir
        if not path:
            path = export_generator(build_model(config, (28, 28, 1)), config, pathlib.Path(folder))
        model = tf.saved_model.load(str(path))

    def rows(signature: str, count: int, truncation: float = 1.0, first: int = 0) -> np.ndarray:
        seeds = tf.range(first, first + count, dtype=tf.int64)
        answer = model.signatures[signature](seed=seeds, truncation=tf.fill([count], truncation))
        return next(iter(answer.values())).numpy()

    rate(rows, arguments.width, arguments.steps, arguments.images, arguments.repeats)
    together = rows("sample_rows", _ROWS)
    apart = np.concatenate([rows("sample_rows", 1, first=seed) for seed in range(_ROWS)])
    report("sampling_rows", largest_difference=float(np.abs(together - apart).max()),
           **{f"{count}_rows_ms": round(1e3 * min(timed(lambda count=count: rows("sample_rows", count))
                                                  for _ in range(10)), 1) for count in (1, _ROWS)})
    for truncation in _TRUNCATIONS if arguments.model_dir else ():
        spread = rows("sample_rows", _SEEDS, truncation).std(axis=0).mean()
        report("sampling_truncation", truncation=truncation, seeds=_SEEDS, spread=round(float(spread), 3))


if __name__ == "__main__":
    main()
