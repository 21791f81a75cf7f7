"""Arrays that are given from Python are checked where they are made into a source."""

import numpy as np
import pytest

from wirgan_tf.data import ArraySource

GREY = np.linspace(0, 1, 2 * 4 * 4).reshape(2, 4, 4, 1)
BYTES = (255 * GREY).astype(np.uint8)
TWO = {"num_classes": 2}


@pytest.mark.parametrize("images", [
    BYTES, (2 * GREY - 1).astype(np.float32), np.zeros((2, 4, 4, 1), np.float32), np.zeros((2, 4, 4, 1), np.uint8),
    np.array([[5.0, -700.0], [0.0, 1e6]], np.float32), BYTES[:0], 1.0005 * (2 * GREY - 1).astype(np.float32),
])
def test_images_that_are_taken(images):
    assert ArraySource("a", images).size == len(images)


@pytest.mark.parametrize(("images", "message"), [
    (2 * GREY - 1, r"^images are float64, from -1 to 1: expected uint8 from 0 to 255, or float32 in \[-1, 1\], where "
                   r"black is -1; give images\.astype\(np\.float32\)$"),
    (BYTES.astype(np.float32), r"^images are float32, from 0 to 255: .*; give images / 127\.5 - 1$"),
    (BYTES / 1.0, r"images are float64, from 0 to 255: .*; give \(images / 127\.5 - 1\)\.astype\(np\.float32\)$"),
    (GREY.astype(np.float32), r"images are float32, from 0 to 1: .*; give 2 \* images - 1$"),
    (16 * GREY.astype(np.float32), r"from 0 to 16: .*; give images / 8 - 1$"),
    (3 * GREY.astype(np.float32) - 2, r"from -2 to 1: .*; give \(images \+ 0\.5\) / 1\.5$"),
    (BYTES // 128, r"images are uint8 of 0 and 1 alone: expected uint8 from 0 to 255; give 255 \* images"),
    (BYTES > 127, r"images are bool, not of numbers: .*; give images\.astype\(np\.uint8\) \* 255"),
    (BYTES.astype(np.int64), r"images are int64, from 0 to 255: .*; give images\.astype\(np\.uint8\), if they are"),
    (np.full((1, 2, 2, 1), np.nan, np.float32), "NaN or infinite"),
    (np.full((1, 2), np.inf, np.float32), "NaN or infinite"),
    (np.zeros((1, 2)), r"images are float64, .*; give images\.astype\(np\.float32\)"),
    (BYTES[..., 0], r"images of shape \[2, 4, 4\]: expected .*; if they are grey, give images\[\.\.\., None\]"),
    (np.zeros(3, np.float32), r"images of shape \[3\]: expected \[N, height, width, channels\], or \[N, D\] of points"),
])
def test_images_that_are_not(images, message):
    with pytest.raises(ValueError, match=message):
        ArraySource("a", images)


@pytest.mark.parametrize(("settings", "message"), [
    ({"labels": [0, 2]} | TWO, r"^labels are from 0 to 2: expected 0 to num_classes - 1 = 1; outside are 2$"),
    ({"labels": [-1, 0]} | TWO, "outside are -1"),
    ({"labels": [0, 1]}, "expected num_classes, which was not given"),
    ({"labels": [0.0, 1.0]} | TWO, r"labels are float64: expected integers; give labels\.astype\(np\.int64\)"),
    ({"labels": ["cat", "dog"]} | TWO, r"labels are <U3: expected integers; .* the places of their names"),
    ({"labels": [0]} | TWO, r"labels of shape \[1\] for 2 images: expected \[2\]"),
    ({"labels": [[0], [1]]} | TWO, r"labels of shape \[2, 1\]: expected \[2\]; give labels\[:, 0\]"),
    ({"labels": np.eye(2)} | TWO, r"expected the number of each image's class, \[2\]; give labels\.argmax\(axis=1\)"),
    ({"labels": [0, 1], "class_names": ("cat",)} | TWO, "num_classes=2, and class_names has 1 names"),
    ({"labels": [0, 1], "class_names": ("cat", "cat")}, "class_names has 'cat' more than once"),
    (TWO, "num_classes=2 without labels"),
    ({"attributes": [[0], [2]], "attribute_names": ("a",)}, "attributes hold 0, 2: expected 0 and 1 alone$"),
    ({"attributes": [[-1], [1]], "attribute_names": ("a",)}, r"alone; give \(attributes \+ 1\) // 2"),
    ({"attributes": [[0.5], [np.nan]], "attribute_names": ("a",)}, r"attributes hold 0\.5, nan"),
    ({"attributes": [[0, 1]], "attribute_names": ("a", "b")}, r"attributes of shape \[1, 2\] for 2 images and 2 attr"),
    ({"attributes": [[0, 1]] * 2, "attribute_names": ("a",)}, r"shape \[2, 2\] for 2 images and 1 attribute_names"),
    ({"attributes": [[0, 1]] * 2, "attribute_names": ("a", "a")}, "attribute_names has 'a' more than once"),
    ({"attribute_names": ("a",)}, "attribute_names without attributes"),
])
def test_labels_and_attributes_that_do_not_fit(settings, message):
    with pytest.raises(ValueError, match=message):
        ArraySource("a", BYTES, **settings)


@pytest.mark.parametrize("classes", [1, 3, 1000])
def test_numbers_of_classes(classes):
    """A class may be without images."""
    names = tuple(f"class {number}" for number in range(classes))
    source = ArraySource("a", BYTES, np.array([0, classes - 1], np.uint16), class_names=names)
    assert (source.num_classes, source.spec["label"].names) == (classes, names)
    assert ArraySource("a", BYTES, [0, 0], classes).spec["label"].names[-1] == str(classes - 1)


def test_attributes_of_truth_values():
    source = ArraySource("a", BYTES, attributes=np.array([[True], [False]]), attribute_names=["old"])
    assert source.spec["attributes"].names == ("old",)
    assert source.examples([1])["attributes"].numpy().tolist() == [[0.0]]


@pytest.mark.parametrize(("source", "message"), [
    (np.zeros([2, 4, 4, 1], np.uint8), r"source of shape \[2, 4, 4, 1\] for 3 images: expected \[3, height, width, "
                                       r"channels\], the input of each"),
    (np.zeros([3, 4, 4], np.uint8), r"source of shape \[3, 4, 4\] for 3 images"),
    (np.zeros([3, 4, 4, 1]), "source: images are float64, from 0 to 0: expected uint8")])
def test_sources_that_do_not_fit(source, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        ArraySource("pairs", np.zeros([3, 4, 4, 1], np.uint8), source=source)
