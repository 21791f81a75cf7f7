"""Layers and models that are made of layers."""


class Composite:
    """A mixin, named before `keras.layers.Layer` or `keras.Model`: the layers inside are built by being called.

    Left to itself Keras builds them by tracing `call` first, once more at every level of nesting, which takes seconds.
    """

    def build(self, input_shape):
        del input_shape
