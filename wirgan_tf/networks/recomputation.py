"""Functions whose inner results are not kept for their gradients but computed again: less memory, more time."""

from collections.abc import Callable

import tensorflow as tf


def recomputed(function: Callable[..., tf.Tensor]) -> Callable[..., tf.Tensor]:
    """`function` of tensors, called as `function(*inputs, first=True)`, and with `first=False` to compute it again.

    What it does beside its result, such as moving statistics on, it must do only for `first`. Its gradient reaches the
    inputs and the trainable variables that it reads.
    """
    @tf.custom_gradient
    def forward(*inputs):
        def gradient(upstream, variables=()):
            with tf.control_dependencies([upstream]):  # or it would be computed at once, and kept until then
                again = [tf.identity(value) for value in inputs]
            with tf.GradientTape() as tape:
                tape.watch(again)
                outputs = function(*again, first=False)
            gradients = tape.gradient(outputs, [*again, *variables], upstream)
            return gradients[:len(inputs)], gradients[len(inputs):]

        return function(*inputs, first=True), gradient

    return forward
