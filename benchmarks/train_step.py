"""Seconds for one generator update: n_D critic updates under the gradient penalty, then one of the generator.

    python benchmarks/train_step.py --size=28 --channels=1 --width=128 --steps=3
    python benchmarks/train_step.py --toy --width=512 --batch=128

--toy: points in the plane and fully connected networks. Prints one JSON line. `against_checkout.py` compares it with
the update of another version of the code.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from common import matmul_rate, report, summary, update_parser, update_settings
from multiply_adds import update as multiply_adds

from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.training.updates import compiled_update


def run_of(arguments: argparse.Namespace) -> tuple[Config, tuple[int, ...]]:
    """The run's definition and the shape of its images or points."""
    settings, shape = update_settings(arguments)
    return Config(**settings), shape


def compiled_step(arguments: argparse.Namespace) -> Callable[[], float]:
    """Does one generator update, and waits for its end."""
    config, shape = run_of(arguments)
    model = build_model(config, shape)
    update = compiled_update(model, tf.distribute.get_strategy(), jit_compile=arguments.jit_compile)
    images = tf.random.stateless_uniform([arguments.critic_updates, arguments.batch, *shape], [0, 0], -1.0, 1.0)
    return lambda: float(update({"image": images})["critic/loss"])


def main() -> None:
    arguments = update_parser(__doc__).parse_args()
    step = compiled_step(arguments)
    start = time.perf_counter()
    for _ in range(2):
        step()
    warmup = time.perf_counter() - start
    seconds, cpu_seconds = [], []
    for _ in range(arguments.repeats):
        start, cpu_start = time.perf_counter(), time.process_time()
        step()
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(time.process_time() - cpu_start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    work, rate = multiply_adds(*run_of(arguments)), matmul_rate()
    found = summary(seconds)
    report("train_step", peer="wirgan_tf", **vars(arguments), warmup_s=round(warmup, 2), **found,
           cpu_s=summary(cpu_seconds)["median_s"], memory_gb=round(memory, 2), multiply_adds=work,
           share_of_matmul_rate=round(work / found["median_s"] / rate, 3), matmul_rate=round(rate / 1e9, 1))


if __name__ == "__main__":
    main()
