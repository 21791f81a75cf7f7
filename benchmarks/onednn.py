"""Seconds of everything but GAN training, with oneDNN's operations and with TensorFlow's own, taking turns.

    python benchmarks/onednn.py --repeats=7 --jobs="sampling, width 32;training a classifier"

Prints a JSON line for each job: the median seconds of both, and the median, least and greatest ratio of oneDNN's to the
other's. The generators are of 28x28x1 images, T = 3, with their initial weights.
"""

import argparse
import os
import pathlib
import sys
import tempfile
from collections.abc import Callable

from turns import Worker, answer_turns, compared, take_turns

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

_SHAPE = (28, 28, 1)
Job = Callable[[], object]


def _export(folder: pathlib.Path, width: int) -> pathlib.Path:
    from wirgan_tf.config import Config
    from wirgan_tf.exporting import export_generator
    from wirgan_tf.models import build_model

    config = Config(width=width)
    return export_generator(build_model(config, _SHAPE), config, folder)


def _sampling(folder: pathlib.Path, width: int) -> Job:
    """320 images of an export, as in pictures and evaluation."""
    from wirgan_tf.exporting import ExportedGenerator

    generator = ExportedGenerator(_export(folder, width))
    return lambda: generator.images(np.arange(320))


def _serving(folder: pathlib.Path, width: int, rows: int) -> Job:
    """64 rows as PNG files, as the server calls the model; in calls of `rows`."""
    from wirgan_tf.serving.loaded_model import LoadedModel

    model = LoadedModel(_export(folder, width))
    signature = model.signatures["png_rows"]
    inputs = {"seed": np.arange(rows), "truncation": np.ones(rows, np.float32)}
    return lambda: [model.run(signature, inputs, ["png_bytes"], 60.0) for _ in range(64 // rows)]


def _features(folder: pathlib.Path) -> Job:
    """Features of 2,560 images by the classifier, as the measures take them."""
    from wirgan_tf import evaluation
    from wirgan_tf.evaluation.classifier import Classifier, build_network

    del folder
    classifier = Classifier("mnist", build_network(_SHAPE, 10, seed=0), 0.0, 0)
    images = np.random.default_rng(0).uniform(-1, 1, (2560, *_SHAPE)).astype(np.float32)
    return lambda: evaluation.extract(classifier, np.split(images, 4))


def _classifier(folder: pathlib.Path) -> Job:
    """The whole training of a classifier of 100 steps, with its tracing."""
    from wirgan_tf.data import ArraySource
    from wirgan_tf.evaluation.classifier import train_classifier

    del folder
    random = np.random.default_rng(0)
    source = ArraySource("noise", random.integers(0, 256, (6400, *_SHAPE), dtype=np.uint8),
                         labels=random.integers(0, 10, 6400), num_classes=10)
    return lambda: train_classifier(source, source, epochs=2, progress=False)


def _bulk(folder: pathlib.Path) -> Job:
    """A shard of 1,000 samples by a worker of one thread, of which there is one for each core."""
    from wirgan_tf.bulk.folder import Folder
    from wirgan_tf.bulk.formats import FORMATS
    from wirgan_tf.bulk.jobs import SampleJob, take_threads
    from wirgan_tf.bulk.shards import Shard

    take_threads(1)
    job = Folder(folder / "job", FORMATS["tfrecord"].suffix)
    job.begin({})
    do = SampleJob(_export(folder / "export", 32), job, "tfrecord", 0, 1000, 1000).open(threads=0)
    return lambda: do(Shard(0, 1, 0, 1000))


_JOBS: dict[str, Callable[[pathlib.Path], Job]] = {
    "sampling, width 128": lambda folder: _sampling(folder, 128),
    "sampling, width 32": lambda folder: _sampling(folder, 32),
    "serving 64 rows, width 32": lambda folder: _serving(folder, 32, 64),
    "serving row by row, width 128": lambda folder: _serving(folder, 128, 1),
    "serving row by row, width 32": lambda folder: _serving(folder, 32, 1),
    "bulk job, width 32": _bulk,
    "evaluation's features": _features,
    "training a classifier": _classifier,
}


def _compare(job: str, repeats: int) -> None:
    from common import report

    workers = {switch: Worker([sys.executable, __file__, f"--worker={job}"],
                              {"TF_ENABLE_ONEDNN_OPTS": "1" if switch == "on" else "0"}) for switch in ("on", "off")}
    found = compared(take_turns(workers, repeats, warmup=1), "on", "off")
    for worker in workers.values():
        worker.close()
    report("onednn", job=job, repeats=repeats, **found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--jobs", default=";".join(_JOBS), help="which, separated by ;")
    parser.add_argument("--worker", default="", help="used by the program for its own processes")
    arguments = parser.parse_args()
    if arguments.worker:
        with tempfile.TemporaryDirectory() as folder:
            answer_turns(_JOBS[arguments.worker](pathlib.Path(folder)))
        return
    for job in arguments.jobs.split(";"):
        _compare(job, arguments.repeats)


if __name__ == "__main__":
    main()
