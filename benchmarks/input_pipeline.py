"""What the input pipeline costs: time to make one update's batches against the time of the update that uses them.

    python benchmarks/input_pipeline.py --data_dir=DIR

Prints one JSON line. The pipeline is run alone and as fast as it can; in training it also overlaps with the update.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from common import report, summary

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.models import build_model


def seconds_each(call, repeats: int) -> list[float]:
    """Seconds of each of `repeats` calls, after two that are not counted."""
    times = []
    for repeat in range(repeats + 2):
        start = time.perf_counter()
        call()
        if repeat > 1:
            times.append(time.perf_counter() - start)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--data_dir", default="", help="of prepared TensorFlow Datasets")
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--time_steps", type=int, default=3)
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=8)
    arguments = parser.parse_args()
    config = Config(dataset=arguments.dataset, width=arguments.width, time_steps=arguments.time_steps,
                    batch_size=arguments.batch_size, **({"data_dir": arguments.data_dir} if arguments.data_dir else {}))
    examples = data.load(config.data, "train", config.validation_share)
    batches = iter(data.training_batches(examples, batch_size=config.batch_size, batches=config.family.batches,
                                         seed=config.seed))
    update = tf.function(build_model(config, examples.spec).train_step)
    batch = next(batches)
    update_seconds = seconds_each(lambda: float(update(batch)["critic/loss"]), arguments.repeats)
    for _ in range(4):  # what was made ahead during the updates
        next(batches)
    pipeline_seconds = seconds_each(lambda: next(batches), 20 * arguments.repeats)
    updates, batches_alone = summary(update_seconds), summary(pipeline_seconds)
    report("input_pipeline", **vars(arguments), batches=config.family.batches,
           **{f"update_{name}": value for name, value in updates.items()},
           **{f"pipeline_{name}": value for name, value in batches_alone.items()},
           share_percent=round(100 * statistics.median(pipeline_seconds) / updates["median_s"], 2))


if __name__ == "__main__":
    main()
