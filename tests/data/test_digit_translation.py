import numpy as np
import pytest
import tensorflow as tf

from tests.data import prepared_folders
from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data.digit_translation import dilated, eroded
from wirgan_tf.data.digits import Digits


def load(name, split="train", **settings):
    return data.load(Config(dataset=name, **settings).data, split)


def pixels(images):
    return np.round((np.asarray(images) + 1) * 127.5).astype(int)


def everything(source):
    return {name: value.numpy() for name, value in source.examples(tf.range(source.size)).items()}


def test_erosion_and_dilation_of_a_square():
    square = np.zeros([1, 7, 7], np.uint8)
    square[0, 2:5, 2:5] = 200
    np.testing.assert_array_equal(np.argwhere(eroded(square)), [[0, 3, 3]])
    np.testing.assert_array_equal(dilated(square)[0, 1:6, 1:6], 200)
    assert dilated(square).sum() == 25 * 200


def test_erosion_does_not_meet_the_border():
    assert eroded(np.full([2, 4, 4], 9, np.uint8)).min() == 9


@pytest.mark.parametrize(("split", "size"), [("train", 1437), ("test", 360)])
def test_outlines_are_what_erosion_takes_away(split, size):
    source = load("digit_outlines", split)
    found = everything(source)
    assert found["image"].shape == found["source"].shape == (size, 16, 16, 1)
    image, outline = pixels(found["image"])[..., 0], pixels(found["source"])[..., 0]
    for y, x in [(0, 0), (3, 7), (8, 8), (15, 9)]:
        around = image[:, max(y - 1, 0):y + 2, max(x - 1, 0):x + 2]
        np.testing.assert_array_equal(outline[:, y, x], image[:, y, x] - around.min(axis=(1, 2)))
    assert image.max() == 255
    assert outline.max() > 120
    labels = load("digits", split).labels
    np.testing.assert_array_equal(found["label"], labels)


def test_the_doubled_digits_are_the_digits():
    small = everything(Digits().load("test"))["image"]
    large = everything(load("digit_outlines", "test"))["image"]
    back = large.reshape(360, 8, 2, 8, 2, 1).mean(axis=(2, 4))
    assert np.abs(back - small).mean() < 0.15
    assert np.corrcoef(back.ravel(), small.ravel())[0, 1] > 0.97


def test_inverted_digits_are_other_digits():
    source = load("digit_inverted", "test")
    a, b = everything(source.a), everything(source.b)
    plain = everything(load("digit_outlines", "test"))
    np.testing.assert_array_equal(pixels(a["image"]), pixels(plain["image"])[::2])
    np.testing.assert_array_equal(pixels(b["image"]), 255 - pixels(plain["image"])[1::2])
    np.testing.assert_array_equal(b["label"], plain["label"][1::2])
    both = source.examples(tf.constant([4, 5]))
    np.testing.assert_array_equal(both["source_label"], plain["label"][[8, 10]])
    np.testing.assert_allclose(both["partner"], -plain["image"][[8, 10]], atol=1e-6)


def test_tints_are_exclusive_and_as_frequent():
    source = load("digit_tints")
    found = everything(source)
    image, attributes = pixels(found["image"]), found["attributes"].astype(int)
    assert source.spec["attributes"].names == ("red", "green", "blue", "thick")
    assert source.spec["attributes"].groups == (("red", "green", "blue"),)
    np.testing.assert_array_equal(attributes[:, :3].sum(axis=1), 1)
    np.testing.assert_array_equal((image.max(axis=(1, 2)) > 0).astype(int), attributes[:, :3])
    combinations = np.bincount(attributes @ [0, 1, 2, 3])
    assert combinations.min() >= 239
    plain = pixels(everything(load("digit_outlines"))["image"])[..., 0]
    thick = attributes[:, 3] == 1
    np.testing.assert_array_equal(image[~thick].sum(axis=-1), plain[~thick])
    np.testing.assert_array_equal(image[thick].sum(axis=-1), dilated(plain)[thick])
    by_digit = [thick[found["label"] == digit].mean() for digit in range(10)]
    assert min(by_digit) > 0.35
    assert max(by_digit) < 0.65


@pytest.mark.parametrize(("name", "held_out"), [("digit_outlines", 200), ("digit_inverted", 143), ("digit_tints", 200)])
def test_splits_and_repetition(name, held_out):
    splits = data.load_splits(Config(dataset=name).data, 0.05)
    again = data.load_splits(Config(dataset=name).data, 0.05)
    assert splits.identity == again.identity
    assert splits.identity["train"] != splits.identity["test"]
    assert splits.validation.size == held_out
    batch = {key: value.numpy() for key, value in splits.test.examples(tf.range(5)).items()}
    for key, value in again.test.examples(tf.range(5)).items():
        np.testing.assert_array_equal(batch[key], value)


def test_digits_of_mnist_are_padded(tmp_path):
    examples = prepared_folders.labelled_examples(6, (28, 28, 1))
    prepared_folders.write(tmp_path, "mnist", prepared_folders.labelled((28, 28, 1)),
                           {"train": examples, "test": examples})
    source = load("digit_outlines", digits_from="mnist", data_dir=str(tmp_path))
    found = pixels(everything(source)["image"])
    assert found.shape == (6, 32, 32, 1)
    np.testing.assert_array_equal(found[:, 2:30, 2:30], [example["image"] for example in examples])
    assert found.sum() == sum(example["image"].astype(int).sum() for example in examples)


def test_a_folder_is_for_mnist_alone():
    with pytest.raises(ValueError, match=r"^data_dir has no effect: digits_from=digits needs no folder; leave it"):
        Config(dataset="digit_tints", data_dir="x").check_used(["data_dir"])
