import keras
import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks import strided
from wirgan_tf.networks.strided import StridedConvolution, TransposedConvolution

CASES = [(size, channels, height) for size in (1, 2, 3, 4, 5, 6) for channels in (3, 16) for height in (8, 14)]


def normal(shape, seed):
    return tf.random.stateless_normal(shape, [seed, 0])


def layers(kind, size, filters):
    """Ours and Keras' layer, with the same weights."""
    ours, theirs = {"strided": (StridedConvolution, keras.layers.Conv2D),
                    "transposed": (TransposedConvolution, keras.layers.Conv2DTranspose)}[kind]
    return ours(filters, size, bias_initializer="ones"), theirs(filters, size, 2, "same", bias_initializer="ones")


def gradients(layer, inputs):
    """Outputs, their gradients, and gradients of the gradient's square: what a gradient penalty needs."""
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(inputs)
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            outputs = layer(inputs)
            total = tf.reduce_sum(outputs * normal(outputs.shape, 5) + tf.square(outputs))
        first = inner.gradient(total, inputs)
        penalty = tf.reduce_sum(tf.square(first))
    weights = layer.trainable_variables
    return [outputs, first, *outer.gradient(total, weights), outer.gradient(penalty, inputs),
            outer.gradient(penalty, weights[0])]


@pytest.mark.parametrize("kind", ["strided", "transposed"])
@pytest.mark.parametrize(("size", "channels", "height"), CASES)
def test_equal_to_keras_to_the_second_order(kind, size, channels, height):
    """`channels` are those of the large image, which decide how it is computed."""
    small = 5 if channels < 16 else 17
    before, filters = (channels, small) if kind == "strided" else (small, channels)
    shape = (2, height, height, before)
    inputs = normal(shape, 1)
    ours, theirs = layers(kind, size, filters)
    ours.build(shape)
    theirs.build(shape)
    theirs.set_weights([normal(weight.shape, 2).numpy() for weight in ours.weights])
    ours.set_weights(theirs.get_weights())
    for mine, keras_own in zip(gradients(ours, inputs), gradients(theirs, inputs), strict=True):
        scale = float(tf.reduce_max(tf.abs(keras_own)))
        np.testing.assert_allclose(mine, keras_own, atol=2e-5 * scale)


def test_both_ways_of_computing_are_taken(monkeypatch):
    asked = []
    by_parity = strided._by_parity
    monkeypatch.setattr(strided, "_by_parity", lambda *given: asked.append(given[1].shape[2]) or by_parity(*given))
    for channels in (3, 16):
        strided.transposed_convolution(normal([1, 4, 4, 2], 0), normal([5, 5, channels, 2], 1))
    assert asked == [16]


@pytest.mark.parametrize("size", [2, 5, 6])
def test_the_kernels_gradient_as_a_dilated_convolution(size):
    images, maps = normal([3, 8, 8, 4], 0), normal([3, 4, 4, 2], 1)
    expected = tf.raw_ops.Conv2DBackpropFilter(input=images, filter_sizes=[size, size, 4, 2], out_backprop=maps,
                                               strides=[1, 2, 2, 1], padding="SAME")
    np.testing.assert_allclose(strided._as_dilated(images, maps, size), expected, atol=1e-5)


@pytest.mark.parametrize("kind", ["strided", "transposed"])
def test_in_a_graph_with_any_batch_size(kind):
    layer, _ = layers(kind, 5, 16)
    layer.build((None, 8, 8, 16))
    signature = [tf.TensorSpec([None, 8, 8, 16])]
    call = tf.function(layer, input_signature=signature)
    inputs = normal([3, 8, 8, 16], 0)
    np.testing.assert_allclose(call(inputs), layer(inputs), atol=1e-5)

    def kernel_gradient(images):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(tf.square(layer(images)))
        return tape.gradient(total, layer.kernel)

    np.testing.assert_allclose(tf.function(kernel_gradient, input_signature=signature)(inputs), kernel_gradient(inputs),
                               rtol=1e-4, atol=1e-3)
    assert call.get_concrete_function().structured_outputs.shape[1:] == layer.compute_output_shape((None, 8, 8, 16))[1:]


def test_other_convolutions_are_refused():
    with pytest.raises(ValueError, match=r"images of shape \(1, 7, 8, 3\): this convolution halves even"):
        StridedConvolution(4, 3)(normal([1, 7, 8, 3], 0))
    with pytest.raises(ValueError, match="groups=2: this layer has the stride 2 alone"):
        StridedConvolution(4, 3, groups=2)
    with pytest.raises(ValueError, match="dilation_rate=2"):
        TransposedConvolution(4, 3, dilation_rate=2)
