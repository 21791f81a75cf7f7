"""Seconds per iteration by model, T and size of the images, as in Table 10 of the GP-WIRGAN paper.

    python benchmarks/iterations.py --width=32

An iteration is one generator update with the model's own number of critic updates before it. Prints a JSON line for
each model and T, with the paper's figure (of its GPU, at width 128).
"""

import argparse
import itertools
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import multiply_adds
import tensorflow as tf
from common import matmul_rate, report, summary

from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.training.updates import compiled_update

_SHAPES = {"mnist": (28, 28, 1), "cifar10": (32, 32, 3), "lsun_church": (64, 64, 3), "celeba": (64, 64, 3)}
_MODELS, _TIME_STEPS = ("gran", "wirgan", "gp_wirgan"), (1, 3, 5)
_PAPER = {  # Feng et al. 2020, Table 10: by data set and T, in the order of _MODELS
    ("mnist", 1): (.0301, .0074, .0073), ("mnist", 3): (.0302, .0112, .0107), ("mnist", 5): (.0303, .0116, .0115),
    ("cifar10", 1): (.1130, .0700, .0626), ("cifar10", 3): (.2015, .0846, .0817),
    ("cifar10", 5): (.3100, .1424, .1262), ("lsun_church", 1): (.2612, .2498, .2422),
    ("lsun_church", 3): (.3455, .3420, .2894), ("lsun_church", 5): (.4384, .4108, .3521),
    ("celeba", 1): (.3781, .3348, .2676), ("celeba", 3): (.5355, .5166, .4168), ("celeba", 5): (.7119, .6516, .5535)}


def seconds_of(model: str, time_steps: int, shape: tuple[int, ...], width: int, repeats: int) -> dict[str, float]:
    """Seconds of updates after the first two."""
    config = Config(model=model, time_steps=time_steps, width=width)
    update = compiled_update(build_model(config, shape), tf.distribute.get_strategy(), jit_compile=False)
    critic_updates = config.family.critic_updates
    images = tf.random.stateless_uniform([critic_updates, config.batch_size, *shape], [0, 0], -1.0, 1.0)
    seconds = []
    for _ in range(2 + repeats):
        start = time.perf_counter()
        float(update({"image": images})["critic/loss"])
        seconds.append(time.perf_counter() - start)
    found, work = summary(seconds[2:]), multiply_adds.update(config, shape)
    return {"critic_updates": critic_updates, **found, "multiply_adds": work,
            "multiply_adds_per_s": round(work / found["median_s"])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--datasets", default="mnist,cifar10,lsun_church",
                        help="whose images' sizes are taken; celeba here has the size of lsun_church")
    arguments = parser.parse_args()
    rate = round(matmul_rate() / 1e9, 1)
    for dataset, time_steps in itertools.product(arguments.datasets.split(","), _TIME_STEPS):
        for model, paper in zip(_MODELS, _PAPER[dataset, time_steps], strict=True):
            found = seconds_of(model, time_steps, _SHAPES[dataset], arguments.width, arguments.repeats)
            report("iterations", dataset=dataset, model=model, time_steps=time_steps, width=arguments.width, **found,
                   paper_s=paper, matmul_rate=rate)


if __name__ == "__main__":
    main()
