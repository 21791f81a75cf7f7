"""Functions whose intermediate results are not kept for the gradient but recomputed: less memory, more time."""

from collections.abc import Callable

import tensorflow as tf


def recomputed(function: Callable[..., tf.Tensor]) -> Callable[..., tf.Tensor]:
    """`function` of tensors, called as `function(*inputs, again=False)`, and with `again=True` to recompute it.

    Side effects, such as updating moving statistics, must not be repeated. Its gradient reaches the inputs and the
    trainable variables that it reads. It reaches no other tensor that the function captures: pass those that need a
    gradient as inputs.
    """
    @tf.custom_gradient
    def forward(*inputs):
        def gradient(upstream, variables=()):
            with tf.control_dependencies([upstream]):  # or it would be computed at once, and kept until then
                copies = [tf.identity(value) for value in inputs]
            with tf.GradientTape() as tape:
                tape.watch(copies)
                outputs = function(*copies, again=True)
            gradients = tape.gradient(outputs, [*copies, *variables], upstream)
            return gradients[:len(inputs)], gradients[len(inputs):]

        return function(*inputs, again=False), gradient

    return forward
