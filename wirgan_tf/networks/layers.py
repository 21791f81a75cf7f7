"""Layers and models that are made of layers, and one way to make their layers."""

import keras

from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.instance_normalization import InstanceNormalization
from wirgan_tf.networks.normalization import StepBatchNormalization
from wirgan_tf.networks.padding import PaddedConvolution
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.networks.spectral import SpectralNormalization


class Composite:
    """A mixin, named before `keras.layers.Layer` or `keras.Model`: the layers inside are built when first called.

    By default Keras builds them by tracing `call` first, once more at every level of nesting, which takes seconds.
    """

    def build(self, input_shape):
        del input_shape


class Layers:
    """Makes the layers of one network, so that what they have in common is given once.

    Layers with a kernel are called with `training=run.tracking`, which a spectrally normalised one needs; layers of
    `norm` with `run`.

    Args:
      initializers: of the network's weights; a new layer takes the next.
      kernel_size: of convolutions.
      spectral_normalization: whether kernels are divided by their spectral norms.
      batch_norm_steps: time steps for which batch normalisation keeps statistics; 0: there is none.
      instance_norm: whether `norm` is instance normalisation, when it is not batch normalisation.
      first_step: the first of those time steps.
      classes: of the condition that scale and offset of batch normalisation depend on; 0: they do not.
      synchronized: whether replicas normalise by the batch of all of them.
    """

    def __init__(self, initializers: WeightInitializers, *, kernel_size: int = 1, spectral_normalization: bool = False,
                 batch_norm_steps: int = 0, instance_norm: bool = False, first_step: int = 0, classes: int = 0,
                 synchronized: bool = True):
        self._initializers = initializers
        self._kernel_size = kernel_size
        self.spectral_normalization = spectral_normalization
        self._batch_norm_steps = batch_norm_steps
        self._instance_norm = instance_norm
        self._first_step = first_step
        self._classes = classes
        self._synchronized = synchronized

    def convolution(self, name: str, channels: int, kernel_size: int | None = None, **options) -> keras.layers.Layer:
        """[B, H, W, C] -> [B, H, W, channels]; TensorFlow's padding "same"."""
        return self._layer(keras.layers.Conv2D, name, filters=channels, padding="same",
                           kernel_size=kernel_size or self._kernel_size, **options)

    def padded_convolution(self, name: str, channels: int, kernel_size: int | None = None,
                           **options) -> keras.layers.Layer:
        """A convolution with equal padding on all sides; `border` is the kind of padding."""
        return self._layer(PaddedConvolution, name, filters=channels, kernel_size=kernel_size or self._kernel_size,
                           **options)

    def halving_convolution(self, name: str, channels: int, kernel_size: int | None = None,
                            **options) -> keras.layers.Layer:
        """[B, H, W, C] -> [B, H / 2, W / 2, channels], rounded up."""
        return self.convolution(name, channels, kernel_size, strides=2, **options)

    def doubling_convolution(self, name: str, channels: int, kernel_size: int | None = None,
                             **options) -> keras.layers.Layer:
        """[B, H, W, C] -> [B, 2 H, 2 W, channels], by a transposed convolution."""
        return self._layer(keras.layers.Conv2DTranspose, name, filters=channels, strides=2, padding="same",
                           kernel_size=kernel_size or self._kernel_size, **options)

    def dense(self, name: str, units: int, **options) -> keras.layers.Layer:
        """[B, k] -> [B, units]."""
        return self._layer(keras.layers.Dense, name, units=units, **options)

    def norm(self, name: str) -> keras.layers.Layer:
        """Batch or instance normalisation, or the identity where there is neither."""
        if self._batch_norm_steps:
            return StepBatchNormalization(self._batch_norm_steps, first_step=self._first_step,
                                          classes=self._classes, synchronized=self._synchronized, name=name)
        if self._instance_norm:
            return InstanceNormalization(self._initializers.around_one(), name=name)
        return Unnormalized(name=name)

    def _layer(self, kind: type[keras.layers.Layer], name: str, **options) -> keras.layers.Layer:
        layer = kind(kernel_initializer=self._initializers(), name=name, **options)
        if self.spectral_normalization:
            return SpectralNormalization(layer, name=name, dtype="float32")  # bfloat16 is too coarse for a norm
        return layer


class Unnormalized(keras.layers.Layer):
    """The identity, called as normalisation is."""

    def call(self, inputs, run: Pass = INFERENCE):
        del run
        return inputs
