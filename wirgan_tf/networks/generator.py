"""What a generator is to the rest of the package."""

import abc

import keras
import tensorflow as tf

from wirgan_tf.networks.layers import Composite
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.noise import Noise

Batch = dict[str, tf.Tensor]


class Generator(Composite, keras.Model, abc.ABC):
    """Draws images from noise.

    noise: what it draws from, by entry.
    independent_samples: whether each sample is a function of its own noise alone in training too: not with batch
      normalisation.
    """

    noise: dict[str, Noise]
    independent_samples: bool = False

    @abc.abstractmethod
    def draw(self, noise: Batch, run: Pass = INFERENCE) -> Batch:
        """Images from noise, by entry, in the shapes of `Noise.batch_shape`.

        Returns: `image`, float32 [B, *shape]; a generator that draws in steps also gives `canvases`, [T, B, *shape],
        the image as it stands after each step, the last being the image.
        """

    def call(self, z, run: Pass = INFERENCE):
        """The image for the noise `z`."""
        return self.draw({"z": z}, run)["image"]
