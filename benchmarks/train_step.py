"""Seconds for one generator update: n_D critic updates under the gradient penalty, then one of the generator.

    python benchmarks/train_step.py --size=28 --channels=1 --width=128 --steps=3
    python benchmarks/train_step.py --toy --width=512 --batch=128

--toy: points in the plane and fully connected networks. Prints one JSON line.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from common import matmul_rate, report, summary
from multiply_adds import update as multiply_adds

from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.networks import strided
from wirgan_tf.training.loop import compiled_update


def arguments_parser(about: str) -> argparse.ArgumentParser:
    """The flags of an update's size, which are also those of the peers."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    for name, default in {"size": 28, "channels": 1, "width": 128, "steps": 3, "batch": 64, "critic_updates": 5,
                          "repeats": 8}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--toy", action="store_true")
    parser.add_argument("--jit_compile", action="store_true")
    parser.add_argument("--recompute", action="store_true")
    parser.add_argument("--plain", action="store_true", help="TensorFlow's own convolutions, the penalty by the tape")
    return parser


def settings(arguments: argparse.Namespace) -> tuple[Config, tuple[int, ...]]:
    """The run's definition and the shape of its images or points."""
    shape = (2,) if arguments.toy else (arguments.size, arguments.size, arguments.channels)
    return Config(network="mlp" if arguments.toy else "convolutional", width=arguments.width,
                  time_steps=arguments.steps, batch_size=arguments.batch,
                  critic_updates=arguments.critic_updates, recompute=arguments.recompute), shape


def compiled_step(arguments: argparse.Namespace) -> Callable[[], float]:
    """Does one generator update, and waits for its end."""
    config, shape = settings(arguments)
    if arguments.plain:
        strided._FEWEST_CHANNELS = sys.maxsize
    model = build_model(config, shape)
    if arguments.plain:
        model.critic.piecewise_linear = model.generator.decoder.independent_samples = False
    update = compiled_update(model, tf.distribute.get_strategy(), jit_compile=arguments.jit_compile)
    images = tf.random.stateless_uniform([config.critic_updates, config.batch_size, *shape], [0, 0], -1.0, 1.0)
    return lambda: float(update({"image": images})["critic_loss"])


def main() -> None:
    arguments = arguments_parser(__doc__).parse_args()
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
    work, rate = multiply_adds(*settings(arguments)), matmul_rate()
    found = summary(seconds)
    report("train_step", peer="wirgan_tf", **vars(arguments), warmup_s=round(warmup, 2), **found,
           cpu_s=summary(cpu_seconds)["median_s"], memory_gb=round(memory, 2), multiply_adds=work,
           share_of_matmul_rate=round(work / found["median_s"] / rate, 3), matmul_rate=round(rate / 1e9, 1))


if __name__ == "__main__":
    main()
