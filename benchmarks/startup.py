"""How long a run takes to its first finished update: import, data, building, tracing and the update itself.

    python benchmarks/startup.py --data_dir=DIR

Prints one JSON line: those parts by themselves, and the program from its command to the checkpoint of its first update.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
START = time.perf_counter()

import tensorflow as tf
from common import report, summary

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.models import build_model


def command_to_first_update(flags: list[str]) -> float:
    """Seconds from the start of the program until the checkpoint of its first update is there."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        program = subprocess.Popen([sys.executable, "-m", "wirgan_tf.main", *flags, f"--run_dir={folder}/run",
                                    "--checkpoint_every=1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not pathlib.Path(folder, "run", "checkpoints", "ckpt-1.npz").exists():
            if program.poll() is not None:
                raise RuntimeError(f"the program ended with exit code {program.returncode}: {' '.join(flags)}")
            time.sleep(0.01)
        seconds = time.perf_counter() - start
        program.kill()
        program.wait()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--data_dir", default="", help="of prepared TensorFlow Datasets")
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--time_steps", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3, help="starts of the program")
    arguments = parser.parse_args()
    marks = {"import_s": time.perf_counter()}
    names = [name for name in ("dataset", "data_dir", "width", "time_steps") if getattr(arguments, name)]
    config = Config(**{name: getattr(arguments, name) for name in names})
    examples = data.load(config.data, "train", config.validation_share)
    batch = next(iter(data.training_batches(examples, batch_size=config.batch_size, seed=config.seed,
                                            batches=config.family.batches)))
    marks["data_s"] = time.perf_counter()
    update = tf.function(build_model(config, examples.spec).train_step)
    marks["build_s"] = time.perf_counter()
    float(update(batch)["critic/loss"])
    marks["trace_and_first_update_s"] = time.perf_counter()
    before = [START, *list(marks.values())[:3]]
    spans = {name: round(mark - since, 3) for (name, mark), since in zip(marks.items(), before, strict=True)}
    flags = [f"--{name}={getattr(arguments, name)}" for name in names]
    starts = [command_to_first_update(flags) for _ in range(arguments.repeats)]
    report("startup", **vars(arguments), **spans, **summary(starts))


if __name__ == "__main__":
    main()
