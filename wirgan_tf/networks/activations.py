"""Piecewise linear activations for critics, whose slopes are constants to the gradient.

The second derivative of ReLU is 0. TensorFlow's own activations propagate these zeros, so that a gradient penalty is
differentiated back through the whole forward pass that determined the slopes. With constant slopes there is no such
part: grad_x D is a chain W_1^T S_1 ... W_L^T S_L, and no gradient passes through the slopes S.

The slopes are determined from the outputs, which have the signs of the inputs. Nothing else then needs the inputs, and
TensorFlow fuses the activation with the convolution or product before it.
"""

import tensorflow as tf


def leaky_relu(features: tf.Tensor, slope: float) -> tf.Tensor:
    """x where x > 0, else slope x."""
    @tf.custom_gradient
    def activation(features):
        outputs = tf.nn.leaky_relu(features, slope)

        def gradient(upstream):
            return tf.raw_ops.LeakyReluGrad(gradients=upstream, features=tf.stop_gradient(outputs), alpha=slope)

        return outputs, gradient

    return activation(features)


def relu(features: tf.Tensor) -> tf.Tensor:
    """x where x > 0, else 0."""
    return leaky_relu(features, 0.0)
