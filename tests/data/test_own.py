"""Data that a caller brings along."""

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.data import ArraySource
from wirgan_tf.data.own import own_splits

PIXELS = np.random.default_rng(0).integers(0, 256, (60, 4, 4, 1), dtype=np.uint8)
LABELS = np.arange(60) % 3


def test_arrays():
    splits = own_splits("pets", PIXELS, LABELS, test_images=PIXELS[:12], test_labels=LABELS[:12], validation_share=0.2)
    assert (splits.train.size, splits.validation.size, splits.test.size) == (48, 12, 12)
    assert (splits.train.name, splits.train.spec["label"].names) == ("pets", ("0", "1", "2"))
    assert set(splits.identity) == {"train", "test"}
    again = own_splits("pets", list(PIXELS), LABELS, class_names=("a", "b", "c"), validation_share=0.2)
    assert (again.test, again.identity["train"]) == (None, splits.identity["train"])
    assert again.train.spec["label"].names == ("a", "b", "c")


@pytest.mark.parametrize("dataset", [
    tf.data.Dataset.from_tensor_slices((PIXELS, LABELS)),
    tf.data.Dataset.from_tensor_slices((PIXELS, LABELS)).batch(7),
    tf.data.Dataset.from_tensor_slices({"image": PIXELS, "label": LABELS})])
def test_data_sets_of_tf_data_are_their_arrays(dataset):
    assert own_splits("pets", dataset).identity == own_splits("pets", PIXELS, LABELS).identity


def test_a_data_set_of_images_alone():
    source = own_splits("pets", tf.data.Dataset.from_tensor_slices(PIXELS)).train
    assert set(source.spec) == {"image"}
    np.testing.assert_array_equal(source.images, PIXELS)


def test_a_source_is_taken_as_it_is():
    source = ArraySource("pets", PIXELS, LABELS, num_classes=3)
    splits = own_splits("pets", source)
    assert (splits.train, splits.validation, splits.test) == (source, None, None)


class Scaled(ArraySource):
    """A source that gives its images as they are, which nobody has looked at."""

    def examples(self, indices):
        return {"image": tf.gather(self.images, indices)}


SLICES = tf.data.Dataset.from_tensor_slices


@pytest.mark.parametrize(("images", "more", "message"), [
    (PIXELS / 255.0, {}, "images are float64, from 0 to 1: expected uint8 from 0 to 255, or float32"),
    (PIXELS.astype(np.float32), {}, r"float32, from 0 to 255: .* give images / 127.5 - 1"),
    (PIXELS // 255, {}, "uint8 of 0 and 1 alone"),
    (Scaled("pets", PIXELS), {}, r"the source 'pets' gives images of uint8: expected float32 in \[-1, 1\]"),
    (SLICES(PIXELS.astype(np.float32) / 255), {}, "float32, from 0 to 1: .* give 2 \\* images - 1"),
    (PIXELS[:0], {}, r"images have shape \[0, 4, 4, 1\]: there is none to train on"),
    (3, {}, "images are of the type int: expected an array, a tf.data.Dataset or a Source"),
    ({"image": PIXELS}, {}, "images are of the type dict: expected an array"),
    ("my pictures", {}, r"images='my pictures': expected an array, .*Config\(dataset='image_folder', data_dir"),
    (SLICES(PIXELS).repeat(), {}, r"whose size is endless; take\(N\) gives it one"),
    (SLICES(PIXELS).filter(lambda image: True), {}, "whose size is not known; apply"),
    (SLICES((PIXELS, PIXELS, PIXELS)), {}, "expected images, pairs"),
    (SLICES(PIXELS[..., 0]).batch(8), {}, r"elements of shape \[None, 4, 4\]: of pictures, give each a channel"),
    (SLICES(PIXELS[..., 0]), {}, r"elements of shape \[4, 4\]: of pictures, give each a channel, \[H, W, 1\]"),
    (SLICES(PIXELS), {"labels": LABELS}, "its elements must have them"),
    (ArraySource("pets", PIXELS), {"labels": LABELS}, "along with a source, which has its own"),
    (PIXELS, {"test_labels": LABELS}, "test_labels without test_images"),
    (PIXELS, {"labels": LABELS, "test_images": PIXELS}, r"test images are image \[4, 4, 1\], and the training "
                                                        r"images image \[4, 4, 1\], label \[\] of 3 classes: expected"),
    (PIXELS, {"labels": LABELS[:7]}, r"labels of shape \[7\] for 60 images"),
])
def test_what_cannot_be_trained_on(images, more, message):
    with pytest.raises(ValueError, match=message):
        own_splits("pets", images, **more)
