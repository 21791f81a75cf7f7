"""Data sets, each a file with a class of its settings."""

from collections.abc import Sequence

from wirgan_tf.data import fitting
from wirgan_tf.data.captions import Captions
from wirgan_tf.data.celeba import CelebA
from wirgan_tf.data.cifar10 import Cifar10
from wirgan_tf.data.conditions import conditions_of, label_frequencies, labels_as_frequent, lacking
from wirgan_tf.data.cycle_gan import CycleGanSets
from wirgan_tf.data.dataset import DataSet, ResizedDataSet, Unlisted
from wirgan_tf.data.digit_captions import DigitCaptions
from wirgan_tf.data.digit_inverted import DigitInverted
from wirgan_tf.data.digit_outlines import DigitOutlines
from wirgan_tf.data.digit_tints import DigitTints
from wirgan_tf.data.digits import Digits
from wirgan_tf.data.fashion_mnist import FashionMnist
from wirgan_tf.data.identity import identity_of
from wirgan_tf.data.image_domains import ImageDomains
from wirgan_tf.data.image_folder import ImageFolder
from wirgan_tf.data.image_pairs import ImagePairs
from wirgan_tf.data.lsun_church import LsunChurch
from wirgan_tf.data.mnist import Mnist
from wirgan_tf.data.motorcycle import Motorcycle
from wirgan_tf.data.pipeline import batches_in_order, shuffled_indices, training_batches
from wirgan_tf.data.points import Gaussians8, Gaussians25, SwissRoll
from wirgan_tf.data.source import ArraySource, Source
from wirgan_tf.data.splits import SPLITS, Splits, check_identity, divided
from wirgan_tf.data.stacked_mnist import StackedMnist
from wirgan_tf.data.unpaired import distinct_images, source_count
from wirgan_tf.parts import PartRegistry

DATASETS: PartRegistry[type[DataSet]] = PartRegistry("dataset", {
    "digits": Digits,
    "mnist": Mnist,
    "fashion_mnist": FashionMnist,
    "cifar10": Cifar10,
    "celeba": CelebA,
    "lsun_church": LsunChurch,
    "image_folder": ImageFolder,
    "image_pairs": ImagePairs,
    "image_domains": ImageDomains,
    "cycle_gan": CycleGanSets,
    "digit_outlines": DigitOutlines,
    "digit_inverted": DigitInverted,
    "digit_tints": DigitTints,
    "digit_captions": DigitCaptions,
    "captions": Captions,
    "motorcycle": Motorcycle,
    "swiss_roll": SwissRoll,
    "gaussians_8": Gaussians8,
    "gaussians_25": Gaussians25,
    "stacked_mnist": StackedMnist,
})


def load(dataset: DataSet, split: str, validation_share: float = 0.0) -> Source:
    """The examples of one split.

    Args:
      dataset: where the examples are.
      split: "train", "validation" or "test".
      validation_share: share of the training images that are held out for validation, see `divided`; 0: none.

    Raises: `ValueError` for an unknown name, and for a missing "validation" split; `FileNotFoundError` that says how to
    get data that is not there.
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; the choices are {', '.join(SPLITS)}")
    if isinstance(dataset, Unlisted):
        DATASETS[dataset.called]
    if split == "test" or dataset.has_validation():
        return dataset.load(split)
    train, validation = divided(dataset.load("train"), validation_share)
    if split == "train":
        return train
    if validation is None:
        raise ValueError(f"{dataset.name} has no images for validation: {train.size} images to train on, and "
                         f"validation_share={validation_share}; take another split")
    return validation


def flags_of(source_name: str) -> str:
    """The flags that load the source of this name: `--dataset=mnist --image_size=32` of "mnist_32"."""
    return fitting.flags_of(source_name, registered=source_name in DATASETS)


def flags_like(source_name: str, shape: Sequence[int]) -> str:
    """The flags that load images of `shape` (H, W, C) of the source of this name.

    >>> flags_like("image_folder", (16, 16, 3)), flags_like("mnist", (28, 28, 1))
    ('--dataset=image_folder --image_size=16 --data_dir=...', '--dataset=mnist')
    """
    flags = [flags_of(source_name)]
    if source_name in DATASETS:
        kind = DATASETS[source_name]
        flags += [f"--image_size={shape[0]}"] if issubclass(kind, ResizedDataSet) else []
        flags += ["--data_dir=..."] if issubclass(kind, ImageFolder) else []
    return " ".join(flags)


def load_splits(dataset: DataSet, validation_share: float) -> Splits:
    """All splits; see `load`."""
    if isinstance(dataset, Unlisted):
        DATASETS[dataset.called]
    whole, test = dataset.load("train"), dataset.load("test")
    identity = {"train": whole.identity, "test": test.identity}
    if dataset.has_validation():
        validation = dataset.load("validation")
        return Splits(whole, validation, test, identity | {"validation": validation.identity})
    return Splits(*divided(whole, validation_share), test, identity)


__all__ = ["DATASETS", "SPLITS", "ArraySource", "DataSet", "Source", "Splits", "Unlisted", "batches_in_order",
           "check_identity", "conditions_of", "distinct_images", "divided", "flags_like", "flags_of", "identity_of",
           "label_frequencies", "labels_as_frequent", "lacking", "load", "load_splits", "shuffled_indices",
           "source_count", "training_batches"]
