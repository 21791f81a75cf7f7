"""Data sets, each a file with a class of its settings."""

from wirgan_tf.data.celeba import CelebA
from wirgan_tf.data.cifar10 import Cifar10
from wirgan_tf.data.conditions import conditions_of
from wirgan_tf.data.dataset import SPLITS, DataSet, Unlisted
from wirgan_tf.data.digits import Digits
from wirgan_tf.data.fashion_mnist import FashionMnist
from wirgan_tf.data.image_folder import ImageFolder
from wirgan_tf.data.lsun_church import LsunChurch
from wirgan_tf.data.mnist import Mnist
from wirgan_tf.data.pipeline import batches_in_order, shuffled_indices, training_batches
from wirgan_tf.data.points import Gaussians8, Gaussians25, SwissRoll
from wirgan_tf.data.source import ArraySource, Source
from wirgan_tf.parts import PartRegistry

DATASETS: PartRegistry[type[DataSet]] = PartRegistry("dataset", {
    "digits": Digits,
    "mnist": Mnist,
    "fashion_mnist": FashionMnist,
    "cifar10": Cifar10,
    "celeba": CelebA,
    "lsun_church": LsunChurch,
    "image_folder": ImageFolder,
    "swiss_roll": SwissRoll,
    "gaussians_8": Gaussians8,
    "gaussians_25": Gaussians25,
})


def load(dataset: DataSet, split: str) -> Source:
    """The examples of `dataset`; `split` is "train" or "test".

    Raises: `ValueError` for an unknown name, and `FileNotFoundError` that says how to get data that is not there.
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; the choices are {', '.join(SPLITS)}")
    if isinstance(dataset, Unlisted):
        DATASETS[dataset.called]
    return dataset.load(split)


__all__ = ["DATASETS", "SPLITS", "ArraySource", "DataSet", "Source", "Unlisted", "batches_in_order", "conditions_of",
           "load", "shuffled_indices", "training_batches"]
