"""Small convolutional classifiers, trained on a data set itself.

One reads the `label` of an image: the feature network `classifier:<dataset>`. Another reads its `attributes`.
"""

import dataclasses
import functools
import hashlib
import itertools
import json
import os
import pathlib
import zipfile
from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf
import tqdm

from wirgan_tf.data import Source, batches_in_order, flags_of, training_batches
from wirgan_tf.evaluation import checks, files
from wirgan_tf.evaluation.attribute_accuracy import attribute_accuracy
from wirgan_tf.files import expanded
from wirgan_tf.models.class_head import attribute_loss

FEATURES = 128
SEEDS = (0, 1)  # of the classifier that measures, and of the one that disagrees with it
LABEL, ATTRIBUTES = "label", "attributes"  # what a classifier reads: an entry of the data set's examples
_CHANNELS = (32, 64, 128)
_SMALLEST_MAP = 4  # height and width: what is left of 28 and 32 after three poolings, and of 8 after one
_SHIFT = 1 / 14  # of height and width
_EXAMPLES_SEEN, _MOST_EPOCHS = 360_000, 30  # what "until good" means for MNIST, and for a set as small as digits
_BATCH = 500


@dataclasses.dataclass(frozen=True, eq=False)
class Classifier:
    """A trained classifier as a feature network.

    Attributes:
      dataset: name of the data set whose classes or attributes it knows.
      network: Keras model from images [n, H, W, C] to (logits, features [n, 128]); logits are [n, classes], or [n, A]
        of attributes.
      accuracy: share of the test split it labels correctly, or `attribute_accuracy` on it.
      seed: what it was trained with.
      reads: "label" or "attributes".
      attributes: names of the attributes that it reads.
      classes: names of the classes that it tells apart; empty when they are not known.
      identity: of the "train" and "test" images that it was made with, see `Source.identity`; empty when not known.
    """

    dataset: str
    network: keras.Model
    accuracy: float
    seed: int
    reads: str = LABEL
    attributes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    identity: Mapping[str, str] = dataclasses.field(default_factory=dict)

    resize = "none"

    @property
    def name(self) -> str:
        """As in "classifier:mnist", or "attributes:digit_tints"."""
        return f"{'classifier' if self.reads == LABEL else self.reads}:{self.dataset}"

    @property
    def shape(self) -> tuple[int, ...]:
        """(H, W, C) of the images."""
        return tuple(self.network.input_shape[1:])

    @functools.cached_property
    def hash(self) -> str:
        """sha256 of the weights: two classifiers of one hash give the same features."""
        digest = hashlib.sha256()
        for weight in self.network.get_weights():
            digest.update(f"{weight.dtype}{weight.shape}".encode())
            digest.update(np.ascontiguousarray(weight).tobytes())
        return digest.hexdigest()

    def features(self, images: np.ndarray | tf.Tensor) -> tuple[np.ndarray, np.ndarray]:
        """Logits [n, classes] and features [n, 128], float32, of `images` [n, H, W, C] in [-1, 1].

        Raises: `ValueError` for images of another size, outside of [-1, 1] or not finite.
        """
        images = checks.images(images, self.shape)
        parts = [self._forward(images[start:start + _BATCH]) for start in range(0, len(images), _BATCH)]
        logits, features = (np.concatenate(part) for part in zip(*parts, strict=True))
        return logits, features

    __call__ = features

    @functools.cached_property
    def _forward(self):
        signature = [tf.TensorSpec([None, *self.shape], tf.float32)]
        return tf.function(functools.partial(self.network, training=False), input_signature=signature)

    def save(self, folder: str | pathlib.Path) -> pathlib.Path:
        """Writes one file into `folder`, all or nothing, and returns its path."""
        about = {"dataset": self.dataset, "accuracy": self.accuracy, "seed": self.seed, "hash": self.hash,
                 "shape": self.shape, "num_classes": self.network.output_shape[0][1], "attributes": self.attributes,
                 "classes": self.classes, "identity": dict(self.identity)}
        weights = {f"weight_{index:03d}": weight for index, weight in enumerate(self.network.get_weights())}
        path = classifier_path(folder, self.dataset, self.seed, self.reads)
        files.save_arrays(path, {"about": np.array(json.dumps(about)), **weights})
        return path


def classifier_path(folder: str | pathlib.Path, dataset: str, seed: int = 0, reads: str = LABEL) -> pathlib.Path:
    """Where the classifier of `dataset` trained with `seed` is kept."""
    what = "" if reads == LABEL else f"{reads}_"
    return expanded(folder) / f"{dataset}_{what}{seed}.npz"


def load_classifier(dataset: str, folder: str | pathlib.Path = files.CACHE / "classifiers", *,
                    seed: int = 0, reads: str = LABEL) -> Classifier:
    """What `Classifier.save` wrote for `dataset` and `seed`, of a classifier that reads labels or attributes.

    Raises: `FileNotFoundError` when there is none, `ValueError` when the file is damaged or of another version.
    """
    path = classifier_path(folder, dataset, seed, reads)
    if not os.path.exists(path):  # unlike pathlib's, False below a folder that cannot be entered
        another = (" --reads=attributes, which attribute_accuracy needs" if reads == ATTRIBUTES else
                   f" --classifier_seed={seed}, which classifier_error needs" if seed else
                   ", or choose --features=pixels")
        of = dataset if reads == LABEL else f"the {reads} of {dataset}"
        raise FileNotFoundError(f"there is no classifier of {of} with seed {seed} at {path}; train it with "
                                f"--mode=train_classifier {flags_of(dataset)}{another}")
    try:
        arrays = files.load_arrays(path)
        about = json.loads(str(arrays.pop("about")))
        network = build_network(tuple(about["shape"]), about["num_classes"], seed=0)
        network.set_weights(list(arrays.values()))
        classifier = Classifier(about["dataset"], network, about["accuracy"], about["seed"], reads,
                                tuple(about.get("attributes", ())), tuple(about.get("classes", ())),
                                about.get("identity", {}))
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is not a classifier of this version of wirgan_tf ({error}); delete it and train it "
                         "again") from error
    if classifier.hash != about["hash"]:
        raise ValueError(f"{path} is damaged: its weights hash to {classifier.hash[:12]}, not to {about['hash'][:12]}; "
                         "delete it and train it again")
    return classifier


def build_network(shape: tuple[int, int, int], num_classes: int, *, seed: int) -> keras.Model:
    """Images [n, *shape] -> (logits [n, num_classes], features [n, 128]); all randomness comes from `seed`."""
    seeds = itertools.count(1000 * seed)
    layers = keras.layers
    images = x = keras.Input(shape)
    for channels in _CHANNELS:
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False, kernel_initializer=_initializer(seeds))(x)
        if min(x.shape[1:3]) > _SMALLEST_MAP:
            # Pooled first: normalisation and activation then have a quarter of the values to process.
            x = layers.MaxPooling2D(2, padding="same")(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dropout(0.4, seed=next(seeds))(layers.Flatten()(x))
    features = layers.Dense(FEATURES, activation="relu", kernel_initializer=_initializer(seeds), name="features")(x)
    x = layers.Dropout(0.4, seed=next(seeds))(features)
    logits = layers.Dense(num_classes, kernel_initializer=_initializer(seeds), name="logits")(x)
    return keras.Model(images, (logits, features))


def _initializer(seeds: itertools.count) -> keras.initializers.Initializer:
    return keras.initializers.HeNormal(seed=next(seeds))


def train_classifier(train: Source, test: Source, *, reads: str = LABEL, seed: int = 0, epochs: int | None = None,
                     batch_size: int = 128, learning_rate: float = 2e-3, mirrored: bool = True,
                     progress: bool = True) -> Classifier:
    """Trains a classifier on images with labels or attributes, and measures it on `test`.

    Args:
      train: source of images [H, W, C] with labels, or with attributes.
      test: source of the same data set's other split, for the accuracy alone.
      reads: "label" or "attributes". For attributes, each group of mutually exclusive ones is one softmax.
      seed: of weights, order, shifts and dropout; another seed gives an independent classifier.
      epochs: passes over `train`; by default as many as make 360,000 examples, at most 30.
      batch_size: images of a step.
      learning_rate: Adam's, which decays to 0 along a cosine.
      mirrored: whether half of the images are mirrored when they are in colour.
      progress: show a bar.

    Raises: `ValueError` for a source without what is to be read, not of images, or of another shape than `test`.
    """
    _check_sources(train, test, reads)
    epochs = min(_MOST_EPOCHS, -(-_EXAMPLES_SEEN // train.size)) if epochs is None else epochs
    if epochs < 1:
        raise ValueError(f"epochs={epochs}: must be at least 1")
    batch_size = min(batch_size, train.size)
    steps = epochs * (train.size // batch_size)
    outputs = train.num_classes if reads == LABEL else train.spec[ATTRIBUTES].shape[0]
    network = build_network(train.shape, outputs, seed=seed)
    # The optimizer's model shares its layers with the network and stops at the logits, the output that has a label.
    model = keras.Model(network.input, network.output[0])
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, steps)),
                  _loss(train, reads), jit_compile=False)
    batches = training_batches(train, batch_size=batch_size, batches=1, seed=seed).enumerate().map(
        lambda step, example: (_augment(example["image"][0], step, seed, mirrored),
                               example[reads][0])).prefetch(2)
    untrained = Classifier(train.name, network, 0.0, seed, reads,
                           train.spec[ATTRIBUTES].names if reads == ATTRIBUTES else (),
                           train.spec[LABEL].names if reads == LABEL else (), _identity(train, test))
    with tqdm.tqdm(total=steps, desc=untrained.name, unit="step", disable=not progress) as bar:
        count = keras.callbacks.LambdaCallback(on_train_batch_end=lambda step, logs: bar.update())
        model.fit(batches, steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=[count])
    return dataclasses.replace(untrained, accuracy=_accuracy(untrained, test))


def _identity(train: Source, test: Source) -> dict[str, str]:
    """The identities of both; none for images with texts, whose identity includes texts, which no classifier reads."""
    return {} if "embedding" in train.spec else {"train": train.identity, "test": test.identity}


def _loss(train: Source, reads: str) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    if reads == LABEL:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    groups = train.spec[ATTRIBUTES].group_places
    return lambda attributes, logits: attribute_loss(logits, attributes, groups)


def _augment(images: tf.Tensor, step: tf.Tensor, seed: int, mirrored: bool) -> tf.Tensor:
    """Shifts each image a little, and if `mirrored` mirrors half of those in colour."""
    count, height, width, channels = images.shape
    stream = tf.stack([tf.constant(seed, tf.int64), step])
    furthest = tf.constant([_SHIFT * width, _SHIFT * height], tf.float32)
    shift = tf.round(tf.random.stateless_uniform([count, 2], stream, -1.0, 1.0) * furthest)
    zero, one = tf.zeros([count]), tf.ones([count])
    images = tf.raw_ops.ImageProjectiveTransformV3(
        images=images, transforms=tf.stack([one, zero, shift[:, 0], zero, one, shift[:, 1], zero, zero], axis=1),
        output_shape=[height, width], fill_value=0.0, interpolation="NEAREST", fill_mode="NEAREST")
    if mirrored and channels == 3:
        chosen = tf.random.stateless_uniform([count, 1, 1, 1], stream + 1) < 0.5
        images = tf.where(chosen, images[:, :, ::-1], images)
    return images


def _check_sources(train: Source, test: Source, reads: str) -> None:
    if len(train.shape) != 3:
        raise ValueError(f"the data set {train.name!r} has examples of shape {list(train.shape)}; a classifier needs "
                         "images [H, W, C]")
    if reads == ATTRIBUTES and ATTRIBUTES not in train.spec:
        raise ValueError(f"the data set {train.name!r} has no attributes to train a classifier of them on; it has "
                         f"{', '.join(train.spec)}")
    if reads == LABEL and train.num_classes < 2:
        raise ValueError(f"the data set {train.name!r} has no labels to train a classifier on; use the feature network "
                         "pixels or inception, or the classifier of another data set")
    if train.shape != test.shape:
        raise ValueError(f"train images have shape {list(train.shape)}, test images {list(test.shape)}; load both "
                         "alike")


def _accuracy(classifier: Classifier, test: Source) -> float:
    seen = [(classifier.features(example["image"])[0], example[classifier.reads].numpy())
            for example in batches_in_order(test, _BATCH)]
    logits, truth = (np.concatenate(part) for part in zip(*seen, strict=True))
    if classifier.reads == LABEL:
        return float((logits.argmax(axis=1) == truth).mean())
    return attribute_accuracy(logits, truth, test.spec[ATTRIBUTES].group_places).value
