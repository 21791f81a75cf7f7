"""What the layers of an architecture have in common, given once: kernel size, seeded weights, normalisation."""

import keras

from wirgan_tf.config import Config
from wirgan_tf.networks import spectral
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.normalization import StepBatchNormalization
from wirgan_tf.networks.strided import StridedConvolution, TransposedConvolution


class Parts:
    """Makes the layers of a network.

    Args:
      config: of the run.
      initializers: of the player whose network it is.
      critic: whether that is the critic, whose layers `--penalty=spectral` normalises.
      batch_norm_steps: time steps for which batch normalisation keeps statistics; 0: there is none.
    """

    def __init__(self, config: Config, initializers: WeightInitializers, *, critic: bool = False,
                 batch_norm_steps: int = 0):
        self._config = config
        self._initializers = initializers
        self._critic = critic
        self._batch_norm_steps = batch_norm_steps

    def convolution(self, name: str, channels: int, kernel_size: int | None = None, **options) -> keras.layers.Layer:
        return self._layer(keras.layers.Conv2D, name, filters=channels, padding="same",
                           kernel_size=kernel_size or self._config.kernel_size, **options)

    def halving_convolution(self, name: str, channels: int, **options) -> keras.layers.Layer:
        return self._layer(StridedConvolution, name, filters=channels, kernel_size=self._config.kernel_size, **options)

    def doubling_convolution(self, name: str, channels: int, **options) -> keras.layers.Layer:
        return self._layer(TransposedConvolution, name, filters=channels, kernel_size=self._config.kernel_size,
                           **options)

    def dense(self, name: str, units: int, **options) -> keras.layers.Layer:
        return self._layer(keras.layers.Dense, name, units=units, **options)

    def norm(self, name: str) -> keras.layers.Layer:
        """Batch normalisation, or the identity where there is none; called as `StepBatchNormalization` is."""
        if self._batch_norm_steps:
            return StepBatchNormalization(self._batch_norm_steps, synchronized=self._config.sync_batch_norm, name=name)
        return _Unnormalized(name=name)

    def _layer(self, kind: type[keras.layers.Layer], name: str, **options) -> keras.layers.Layer:
        layer = kind(kernel_initializer=self._initializers(), name=name, **options)
        return spectral.normalized(layer, self._config) if self._critic else layer


class _Unnormalized(keras.layers.Layer):
    def call(self, inputs, step: int = 0, training: bool = False, update_statistics: bool = True):
        del step, training, update_statistics
        return inputs
