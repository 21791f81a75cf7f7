"""Data sets, each a file with `load(config, split) -> Source`."""

from collections.abc import Callable

from wirgan_tf.config import Config
from wirgan_tf.data import celeba, cifar10, digits, fashion_mnist, image_folder, lsun_church, mnist, points
from wirgan_tf.data.pipeline import batches_in_order, shuffled_indices, training_batches
from wirgan_tf.data.source import ArraySource, Source
from wirgan_tf.registry import Registry

DATASETS: Registry[Callable[[Config, str], Source]] = Registry("dataset", {
    "digits": digits.load,
    "mnist": mnist.load,
    "fashion_mnist": fashion_mnist.load,
    "cifar10": cifar10.load,
    "celeba": celeba.load,
    "lsun_church": lsun_church.load,
    "image_folder": image_folder.load,
    "swiss_roll": points.load_swiss_roll,
    "gaussians_8": points.load_gaussians_8,
    "gaussians_25": points.load_gaussians_25,
})


def load(config: Config, split: str) -> Source:
    """The examples of `config.dataset`; `split` is "train" or "test".

    Raises: `ValueError` for an unknown name, and `FileNotFoundError` that says how to get data that is not there.
    """
    if split not in ("train", "test"):
        raise ValueError(f"unknown split {split!r}; the choices are train, test")
    return DATASETS[config.dataset](config, split)


__all__ = ["DATASETS", "ArraySource", "Source", "batches_in_order", "load", "shuffled_indices",
           "training_batches"]
