"""Piecewise linear activations for critics, whose slopes are constants to the gradient.

The second derivative of ReLU is 0. TensorFlow's own activations pass on these zeros, and the gradient of a gradient
penalty then goes back through the whole pass that found the slopes. As products with constant slopes they have no such
part, and grad_x D is a chain W_1^T S_1 ... W_L^T S_L with slopes S that nothing goes back through.
"""

import tensorflow as tf


def leaky_relu(features: tf.Tensor, slope: float) -> tf.Tensor:
    """x where x > 0, else slope x."""
    return features * tf.stop_gradient(tf.where(features > 0.0, tf.ones_like(features), slope))


def relu(features: tf.Tensor) -> tf.Tensor:
    """x where x > 0, else 0."""
    return leaky_relu(features, 0.0)
