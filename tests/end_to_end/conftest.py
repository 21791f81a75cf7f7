"""Whole runs through `main`, on small stand-ins of data that cannot be had everywhere."""

import functools
import logging

import numpy as np
import pytest

from wirgan_tf import data, main
from wirgan_tf.data import ArraySource
from wirgan_tf.data.captioned import Captioned
from wirgan_tf.data.unpaired import Unpaired

SHAPES = {"mnist": (28, 28, 1), "fashion_mnist": (28, 28, 1), "cifar10": (32, 32, 3), "stacked_mnist": (28, 28, 3),
          "celeba": (64, 64, 3), "captions": (256, 256, 3),
          "lsun_church": (64, 64, 3), "image_folder": (64, 64, 3), "image_pairs": (64, 64, 3),
          "image_domains": (64, 64, 3), "cycle_gan": (64, 64, 3)}
LABELLED = ("mnist", "fashion_mnist", "cifar10")
UNPAIRED = ("image_domains", "cycle_gan")


@pytest.fixture
def stand_ins(monkeypatch):
    """Noise in the shapes of the data sets that have to be prepared by hand."""
    for name, shape in SHAPES.items():
        pixels = np.random.default_rng(0).integers(0, 256, (40, *shape), dtype=np.uint8)
        labels = np.arange(40) % 10 if name in LABELLED else None
        monkeypatch.setattr(data.DATASETS[name], "load", functools.partialmethod(_stand_in, pixels, labels))
        monkeypatch.setattr(data.DATASETS[name], "has_validation", data.DataSet.has_validation)


def _stand_in(dataset, pixels, labels, split):
    del split
    names = tuple(name for name in dataset.settings().get("attributes", "").split(",") if name)
    attributes = np.arange(40 * len(names)).reshape(40, -1) // 3 % 2 if names else None
    source = pixels[::-1] if dataset.name == "image_pairs" else None
    images = ArraySource(dataset.name, pixels, labels, num_classes=0 if labels is None else 10, attributes=attributes,
                         attribute_names=names, source=source)
    if dataset.name == "captions":
        return Captioned(images, np.eye(40, dtype=np.float32), np.arange(40), np.ones(40, int), ())
    return Unpaired(dataset.name, images, images) if dataset.name in UNPAIRED else images


@pytest.fixture
def program(tmp_path, monkeypatch, capsys):
    """Runs the program in an empty folder: (*flags) -> (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    def run(*flags):
        code = main.main(["main", *flags])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture(autouse=True)
def _keep_logging():
    """`main` sets up logging for a program of its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
