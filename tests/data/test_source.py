import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data.celeba import CelebA
from wirgan_tf.data.source import ArraySource, scale_pixels
from wirgan_tf.parts import setting_fields


def test_pixels_are_scaled_to_minus_one_and_one():
    np.testing.assert_allclose(scale_pixels(tf.constant([0, 51, 255], tf.uint8)), [-1, -0.6, 1], atol=1e-6)


def test_bytes_are_scaled_and_floats_are_left_alone():
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3, 1)
    source = ArraySource("pixels", pixels)
    assert (source.size, source.shape, source.num_classes) == (2, (3, 3, 1), 0)
    examples = source.examples(tf.constant([1], tf.int64))
    assert set(examples) == {"image"}
    np.testing.assert_allclose(examples["image"], pixels[1:] / 127.5 - 1, atol=1e-6)
    values = np.array([[5.0, -7.0]], np.float32)
    np.testing.assert_array_equal(ArraySource("points", values).examples(tf.constant([0]))["image"], values)


def test_labels_are_int64():
    source = ArraySource("a", np.zeros([3, 2], np.float32), np.array([4, 5, 6], np.int32), 7)
    examples = source.examples(tf.constant([2, 0]))
    assert examples["label"].dtype == tf.int64
    np.testing.assert_array_equal(examples["label"], [6, 4])


def test_pairs_come_together():
    pixels = np.arange(3 * 4, dtype=np.uint8).reshape(3, 2, 2, 1)
    inputs = np.linspace(-1, 1, 3 * 8, dtype=np.float32).reshape(3, 2, 2, 2)
    source = ArraySource("pairs", pixels, source=inputs)
    examples = source.examples(tf.constant([2, 0]))
    np.testing.assert_array_equal(examples["source"], inputs[[2, 0]])
    np.testing.assert_allclose(examples["image"], pixels[[2, 0]] / 127.5 - 1, atol=1e-6)
    assert source.spec["source"].shape == (2, 2, 2)
    assert source.identity != ArraySource("pairs", pixels).identity


def test_pixels_of_16_bits_keep_them():
    np.testing.assert_allclose(scale_pixels(tf.constant([0, 13107, 13108, 65535], tf.uint16)),
                               [-1, -0.6, -0.6 + 2 / 65535, 1], atol=1e-7)


def test_pixels_are_not_a_constant_of_the_graph():
    source = ArraySource("large", np.zeros([1000, 1000], np.float32))
    traced = tf.function(source.examples).get_concrete_function(tf.TensorSpec([None], tf.int64))
    assert traced.graph.as_graph_def().ByteSize() < 10_000


def test_image_size():
    assert CelebA().size_among(64, 128) == 64
    assert CelebA(image_size=128).size_among(64, 128) == 128
    with pytest.raises(ValueError, match=r"^image_size=100: images of celeba are 64x64 or 128x128; use "
                                         r"image_size=64 or 128, or 0 for the default$"):
        CelebA(image_size=100).size_among(64, 128)


ANY_SIZE = ["digits", "mnist", "fashion_mnist", "cifar10", "image_folder", "image_pairs", "image_domains", "cycle_gan",
            "captions"]
FIXED_SIZE = ["celeba", "stacked_mnist", "lsun_church", "motorcycle", "digit_outlines",
              "digit_inverted", "digit_tints", "digit_captions", "swiss_roll", "gaussians_8", "gaussians_25"]
OF_SOME_SIZES = ["celeba", "lsun_church", "motorcycle"]  # the others have no such setting


@pytest.mark.parametrize("name", FIXED_SIZE)
def test_another_image_size_is_refused(name, tmp_path):
    message = (rf"^image_size=31: .*{name}" if name in OF_SOME_SIZES else
               rf"^image_size is a setting of dataset=digits or .* and dataset={name} was chosen")
    settings = {"data_dir": str(tmp_path)} if "data_dir" in setting_fields(data.DATASETS[name]) else {}
    with pytest.raises(ValueError, match=message):
        data.load(Config(dataset=name, image_size=31, **settings).data, "train")


def test_every_data_set_is_of_a_fixed_size_or_any():
    assert set(data.DATASETS) == {*FIXED_SIZE, *ANY_SIZE}


def test_unknown_names():
    with pytest.raises(ValueError, match=r"unknown split 'valid'; the choices are train, validation, test"):
        data.load(Config().data, "valid")
    with pytest.raises(ValueError, match=r"unknown dataset 'mnits'; did you mean 'mnist'\?"):
        data.load(Config(dataset="mnits").data, "train")


def test_the_spec_is_that_of_the_examples():
    for labels in ({}, {"labels": np.array([4, 5, 6], np.int32), "num_classes": 7}):
        source = ArraySource("a", np.zeros([3, 4, 4, 1], np.uint8), **labels)
        examples = source.examples(tf.constant([2, 0]))
        assert {name: (value.shape[1:], value.dtype) for name, value in examples.items()} == {
            name: (spec.shape, spec.dtype) for name, spec in source.spec.items()}
