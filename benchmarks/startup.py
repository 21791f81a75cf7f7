"""How long a run takes to its first finished update: import, data, building, tracing and the update itself.

    python benchmarks/startup.py --data_dir=DIR

Prints one JSON line.
"""

import argparse
import json
import os
import platform
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
START = time.perf_counter()

import keras
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.models import build_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--data_dir", default="", help="of prepared TensorFlow Datasets")
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--time_steps", type=int, default=3)
    arguments = parser.parse_args()
    marks = {"import_s": time.perf_counter()}
    config = Config(dataset=arguments.dataset, data_dir=arguments.data_dir, width=arguments.width,
                    time_steps=arguments.time_steps)
    examples = data.load(config, "train")
    batch = next(iter(data.training_batches(examples, batch_size=config.batch_size, seed=config.seed,
                                            critic_updates=config.critic_updates)))
    marks["data_s"] = time.perf_counter()
    update = tf.function(build_model(config, examples.shape).train_step)
    marks["build_s"] = time.perf_counter()
    float(update(batch)["critic_loss"])
    marks["trace_and_first_update_s"] = time.perf_counter()
    start = time.perf_counter()
    float(update(batch)["critic_loss"])
    marks["second_update_s"] = time.perf_counter()
    before = [START, *list(marks.values())[:3], start]
    spans = {name: round(mark - since, 3) for (name, mark), since in zip(marks.items(), before, strict=True)}
    total = round(marks["trace_and_first_update_s"] - START, 3)
    print(json.dumps({"benchmark": "startup", **vars(arguments), **spans, "to_first_update_s": total,
                      "cpus": os.cpu_count(), "python": platform.python_version(), "tensorflow": tf.__version__,
                      "keras": keras.__version__}))


if __name__ == "__main__":
    main()
