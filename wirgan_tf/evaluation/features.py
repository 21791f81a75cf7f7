"""Feature networks, chosen by name, and their outputs for images."""

import functools
import hashlib
import pathlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import tensorflow as tf

from wirgan_tf.evaluation import checks, files
from wirgan_tf.evaluation.classifier import load_classifier
from wirgan_tf.files import expanded, literal_path, saved_model_hash
from wirgan_tf.registry import Registry

INCEPTION_TFHUB = "https://tfhub.dev/tensorflow/tfgan/eval/inception/1"  # as in TF-GAN's inception_metrics
INCEPTION_SIZE = 299
_INCEPTION_BATCH = 50  # resized images are large
_COARSEST = 8


class Activations(NamedTuple):
    """A feature network's outputs for n images: `features` float32 [n, d], `logits` float32 [n, classes] or None."""

    logits: np.ndarray | None
    features: np.ndarray

    @classmethod
    def joined(cls, parts: Sequence[tuple[np.ndarray | None, np.ndarray]]) -> "Activations":
        """A feature network's outputs for several batches, as one float32 copy."""
        logits, features = zip(*parts, strict=True)
        return cls(None if logits[0] is None else np.concatenate(logits).astype(np.float32, copy=False),
                   np.concatenate(features).astype(np.float32, copy=False))


class FeatureNetwork(Protocol):
    """Images to features.

    Attributes:
      name: as in "classifier:mnist", "inception", "pixels".
      hash: changes whenever the features of an image may change.
      resize: how images are brought to the network's size; "none" when they must have it.
      dataset: the data set it was trained on and is good for; "" for any.

    Called with images [n, H, W, C] in [-1, 1], it returns (logits or None, features); `ValueError` for bad images.
    """

    name: str
    hash: str
    resize: str
    dataset: str

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]: ...


class Pixels:
    """Features without training: the image itself, area-averaged to at most 8x8, so at most 64 C numbers.

    They know nothing of shapes: they can tell noise or one repeated image from data, but not rank good generators.
    """

    name = "pixels"
    hash = hashlib.sha256(b"area-averaged to 8x8").hexdigest()
    resize = "area 8x8"
    dataset = ""

    def __call__(self, images: np.ndarray) -> tuple[None, np.ndarray]:
        images = checks.images(images)
        size = [min(_COARSEST, length) for length in images.shape[1:3]]
        coarse = tf.image.resize(images, size, method="area").numpy()
        return None, coarse.reshape(len(coarse), -1)


class Inception:
    """TF-GAN's Inception network: logits [n, 1008] and the last pooling's features [n, 2048].

    Args:
      path: folder of a SavedModel that takes images [n, 299, 299, 3] in [-1, 1] and gives `logits` and `pool_3`.

    Raises: `FileNotFoundError` when there is no SavedModel at `path`, `ValueError` when it has another interface.
    """

    name = "inception"
    resize = "bilinear 299x299"
    dataset = ""

    def __init__(self, path: str | pathlib.Path):
        self._path = expanded(path)
        if not (self._path / "saved_model.pb").exists():
            raise FileNotFoundError(f"there is no SavedModel at {self._path} (no saved_model.pb); --inception_path "
                                    f"takes the unpacked folder of {INCEPTION_TFHUB}")
        with literal_path(self._path) as literal:
            self._module = tf.saved_model.load(literal)
        self._network = self._module if callable(self._module) else self._module.signatures.get("serving_default")
        if self._network is None:
            raise ValueError(f"the SavedModel at {self._path} can neither be called nor has a signature "
                             f"serving_default; expected the interface of {INCEPTION_TFHUB}")

    @functools.cached_property
    def hash(self) -> str:
        """sha256 of the SavedModel's graph and variables."""
        return saved_model_hash(self._path)

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        images = checks.images(images)
        if images.shape[-1] not in (1, 3):
            raise ValueError(f"images have {images.shape[-1]} channels; inception takes 1 (grey) or 3 (colour)")
        parts = [self._outputs(images[start:start + _INCEPTION_BATCH])
                 for start in range(0, len(images), _INCEPTION_BATCH)]
        logits, features = (np.concatenate(part) for part in zip(*parts, strict=True))
        return logits, features

    def _outputs(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        outputs = self._forward(tf.constant(images))
        missing = {"logits", "pool_3"} - set(outputs)
        if missing:
            raise ValueError(f"the SavedModel at {self._path} gives {', '.join(sorted(outputs))} and lacks "
                             f"{', '.join(sorted(missing))}; expected the interface of {INCEPTION_TFHUB}")
        return tuple(outputs[key].numpy().reshape(len(images), -1) for key in ("logits", "pool_3"))

    @functools.cached_property
    def _forward(self) -> Callable[[tf.Tensor], dict[str, tf.Tensor]]:
        @tf.function(reduce_retracing=True)
        def forward(images):
            images = tf.image.resize(images, [INCEPTION_SIZE, INCEPTION_SIZE], method="bilinear")
            outputs = self._network(tf.broadcast_to(images, [*tf.unstack(tf.shape(images)[:3]), 3]))
            return {name: tf.cast(value, tf.float32) for name, value in outputs.items()}

        return forward


def _fetch_inception() -> str:
    try:
        import tensorflow_hub  # an optional package, and one that an `inception_path` makes needless
    except ImportError as error:
        raise ValueError(f"tensorflow-hub does not import ({error}): pip install wirgan-tf, or give "
                         f"--inception_path, the unpacked folder of {INCEPTION_TFHUB}") from error
    try:
        return tensorflow_hub.resolve(INCEPTION_TFHUB)
    except (OSError, tf.errors.OpError) as error:
        raise FileNotFoundError(f"{INCEPTION_TFHUB} cannot be fetched ({str(error).splitlines()[0]}); give "
                                "--inception_path, its folder unpacked by other means") from error


def _classifier(dataset: str, classifiers: pathlib.Path, inception_path: str) -> FeatureNetwork:
    if not dataset:
        raise ValueError("the feature network classifier needs the data set it was trained on, as in classifier:mnist")
    return load_classifier(dataset, classifiers)


def _inception(dataset: str, classifiers: pathlib.Path, inception_path: str) -> FeatureNetwork:
    return Inception(inception_path or _fetch_inception())


def _pixels(dataset: str, classifiers: pathlib.Path, inception_path: str) -> FeatureNetwork:
    return Pixels()


FEATURE_NETWORKS: Registry[Callable[[str, pathlib.Path, str], FeatureNetwork]] = Registry("feature network", {
    "classifier": _classifier,
    "inception": _inception,
    "pixels": _pixels,
})


def feature_network(name: str, *, classifiers: str | pathlib.Path = files.CACHE / "classifiers",
                    inception_path: str = "") -> FeatureNetwork:
    """The feature network called `name`.

    Args:
      name: "classifier:<dataset>", "inception" or "pixels".
      classifiers: folder of trained classifiers.
      inception_path: folder of the Inception SavedModel; "" fetches TF-GAN's from TensorFlow Hub.

    Raises: `ValueError` for an unknown name or a damaged network, `FileNotFoundError` for one that is not there.

    >>> feature_network("pixels").resize
    'area 8x8'
    """
    kind, _, dataset = name.partition(":")
    make = FEATURE_NETWORKS[kind]
    if dataset and kind != "classifier":
        raise ValueError(f"the feature network {kind} takes no data set, {name!r} was asked for; use {kind}")
    return make(dataset, pathlib.Path(classifiers), inception_path)


def extract(network: FeatureNetwork, batches: Iterable[np.ndarray | tf.Tensor]) -> Activations:
    """Runs `network` over batches of images [B, H, W, C], keeping one float32 copy of its outputs and no images.

    Raises: `ValueError` for no batches, or for images that the network refuses.
    """
    parts = [network(np.asarray(images)) for images in batches]
    if not parts:
        raise ValueError("there are no images to extract features from")
    return Activations.joined(parts)
