import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.data import prepared_folders
from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.evaluation import load_classifier


@pytest.fixture
def mnist(tmp_path):
    examples = prepared_folders.labelled_examples(3, (28, 28, 1))
    prepared_folders.write(tmp_path, "mnist", prepared_folders.labelled((28, 28, 1)),
                           {"train": examples, "test": examples})
    pixels = np.stack([example["image"] for example in examples])

    def load(**settings):
        return data.load(Config(dataset="mnist", data_dir=str(tmp_path), **settings).data, "train")

    return pixels, load


def test_padding_is_a_border_of_black(mnist):
    pixels, load = mnist
    for size, before in ((32, 2), (31, 1)):
        source = load(image_size=size, pad=True)
        assert (source.name, source.shape) == (f"mnist_{size}_padded", (size, size, 1))
        images = source.images[..., 0].astype(int)
        np.testing.assert_array_equal(images[:, before:before + 28, before:before + 28], pixels[..., 0])
        assert images.sum() == pixels.astype(int).sum()
        np.testing.assert_array_equal(source.labels, load().labels)


def test_resizing_is_by_a_lanczos_filter(mnist):
    pixels, load = mnist
    source = load(image_size=32)
    assert (source.name, source.images.dtype) == ("mnist_32", np.uint8)
    expected = np.asarray(Image.fromarray(pixels[1, ..., 0]).resize((32, 32), Image.Resampling.LANCZOS)).astype(int)
    np.testing.assert_allclose(source.images[1, ..., 0], expected, atol=1)
    assert load(image_size=7).shape == (7, 7, 1)


def test_the_size_that_they_have_leaves_them_alone(mnist):
    _, load = mnist
    assert load(image_size=28).identity == load().identity
    assert load(image_size=28).name == "mnist"
    assert len({load(**settings).identity for settings in (
        {}, {"image_size": 32}, {"image_size": 32, "pad": True}, {"image_size": 30})}) == 4


def test_digits_stay_within_their_range():
    source = data.load(Config(dataset="digits", image_size=16).data, "test")
    images = source.examples(tf.range(360))["image"].numpy()
    assert (images.shape, images.min(), images.max()) == ((360, 16, 16, 1), -1, 1)
    padded = data.load(Config(dataset="digits", image_size=16, pad=True).data, "test").images
    np.testing.assert_array_equal(padded[:, 4:12, 4:12], data.load(Config().data, "test").images)
    np.testing.assert_array_equal(padded[:, :4], -1)


def test_a_border_makes_nothing_smaller():
    with pytest.raises(ValueError, match=r"^image_size=4 with pad: images of digits are 8x8, and a border makes them"):
        data.load(Config(dataset="digits", image_size=4, pad=True).data, "train")
    with pytest.raises(ValueError, match=r"^pad has no effect: image_size=0 leaves the images as they are; leave"):
        Config(dataset="digits", pad=True)


def test_classifiers_are_of_the_fitted_images(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no classifier of mnist_32_padded .*train it with "
                                                r"--mode=train_classifier --dataset=mnist --image_size=32 --pad, or"):
        load_classifier("mnist_32_padded", tmp_path)
    assert data.flags_of("gaussians_8") == "--dataset=gaussians_8"
    assert data.flags_of("digits_16") == "--dataset=digits --image_size=16"
