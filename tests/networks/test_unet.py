import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks.passes import INFERENCE, TRAINING
from wirgan_tf.networks.unet import DROPOUT, UNet, dropped, unet_levels

SHAPE = (16, 16, 1)


def translator_of(shape=SHAPE, **settings):
    return UNet(width=2, initializer="glorot", **settings).build_translator((*shape[:2], 3), shape, seed=0)


def sources(rows=4, size=(16, 16)):
    return tf.random.stateless_uniform([rows, *size, 3], [0, 1], -1.0)


@pytest.mark.parametrize(("side", "levels"), [(256, 8), (128, 7), (32, 5), (512, 8), (48, 4), (28, 2)])
def test_images_of_powers_of_two_are_halved_to_one_pixel(side, levels):
    assert unet_levels((side, side, 1)) == levels


def test_sizes_that_cannot_be_halved_twice_are_refused():
    with pytest.raises(ValueError, match="images of 30x16 cannot be halved twice"):
        translator_of((30, 16, 1))


@pytest.mark.parametrize("upsampling", ["transposed", "nearest"])
def test_other_sizes_and_channels(upsampling):
    translator = translator_of((16, 16, 2), upsampling=upsampling)
    assert translator.size_multiple == 16
    images = translator(sources(2, (32, 48)))
    assert images.shape == (2, 32, 48, 2)
    assert np.abs(images).max() <= 1.0


def test_the_innermost_map_of_one_pixel_is_not_normalised():
    """It would be the same for every image, and what is below it without effect."""
    normalised = [norm is not None for norm in translator_of().down_norms]
    assert normalised == [False, True, True, False]
    assert translator_of((48, 48, 1)).down_norms[-1] is not None
    translator = translator_of(dropout=0.0)
    for norm, convolution in zip(translator.up_norms, translator.up, strict=True):
        assert convolution.kernel.shape[2] == norm.gamma.shape[0]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(translator(sources()) ** 2)
    assert all(np.abs(gradient).max() > 0 for gradient in tape.gradient(
        loss, [convolution.kernel for convolution in (*translator.down, *translator.up)]))


def test_skipped_maps_pass_relu_after_they_are_joined():
    """With all weights of the decoder's inner maps 0, the image is to_image(relu(first map))."""
    translator = translator_of(normalization="none")
    for convolution in translator.up:
        convolution.kernel.assign(tf.zeros_like(convolution.kernel))
    first = translator.down[0](sources())
    joined = tf.nn.relu(tf.concat([tf.zeros_like(first), first], axis=-1))
    np.testing.assert_allclose(translator(sources()), translator.to_image(joined), rtol=1e-5)


def test_each_image_is_a_function_of_itself_and_its_own_masks():
    translator = translator_of()
    noise = tf.random.stateless_uniform([4, 2], [0, 2], -1.0)
    together = translator.translate(sources(), {DROPOUT: noise}, TRAINING)
    alone = translator.translate(sources()[2:3], {DROPOUT: noise[2:3]}, INFERENCE)
    np.testing.assert_allclose(together[2:3], alone, atol=1e-5)
    assert np.abs(together - translator(sources())).max() > 1e-2


def test_masks():
    features = tf.ones([3, 8, 8, 16])
    seeds = tf.constant([[0.1, 0.2], [0.3, 0.4], [0.1, 0.2]])
    kept = dropped(features, seeds, 0.25, number=0).numpy()
    np.testing.assert_allclose(np.unique(kept), [0.0, 1 / 0.75], rtol=1e-6)
    assert np.mean(kept == 0.0) == pytest.approx(0.25, abs=0.03)  # of 2048 independent ones: deviation 0.01
    np.testing.assert_array_equal(kept[0], kept[2])
    assert np.mean(kept[0] != kept[1]) > 0.3  # 2 * 1/4 * 3/4
    assert np.mean(kept[0] != dropped(features, seeds, 0.25, number=1).numpy()[0]) > 0.3


def test_without_dropout_there_is_no_noise():
    assert translator_of(dropout=0.0).noise == {}
