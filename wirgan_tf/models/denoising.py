"""The denoising variational autoencoder (Im et al. 2017)."""

import dataclasses
from typing import Any

import tensorflow as tf

from wirgan_tf.models.likelihood import Likelihood
from wirgan_tf.models.variational import VariationalModel
from wirgan_tf.noise import Purpose
from wirgan_tf.parts import setting


class DenoisingModel(VariationalModel):
    """The encoder sees x~ ~ p(x~ | x), images with salt-and-pepper noise; the bound is that of the clean images.

    -E_p(x~ | x)[E_q(z | x~)[log p(x | z)] - KL(q(z | x~) || N(0, I))]

    Args:
      corruption: share, in [0, 1], of the values (each channel of a pixel by itself) that become -1 or 1, equally
        likely.
    """

    def __init__(self, *args, corruption: float, **kwargs):
        super().__init__(*args, **kwargs)
        self.corruption = corruption

    def encoder_input(self, images: tf.Tensor) -> tf.Tensor:
        uniform = self._stream(0).uniform(Purpose.CORRUPTION, tf.shape(images))
        return salt_and_pepper(images, uniform, self.corruption)


def salt_and_pepper(images: tf.Tensor, uniform: tf.Tensor, share: float) -> tf.Tensor:
    """Images in [-1, 1] with -1 where `uniform` is below half of `share`, and 1 where it is in the next half.

    >>> salt_and_pepper(tf.zeros([4]), tf.constant([0.1, 0.25, 0.49, 0.5]), share=0.5).numpy()
    array([-1.,  1.,  1.,  0.], dtype=float32)
    """
    return tf.where(uniform < share / 2.0, -1.0, tf.where(uniform < share, 1.0, images))


@dataclasses.dataclass(frozen=True)
class DenoisingVariationalAutoencoder(Likelihood):
    """The evidence lower bound of clean images, from corrupted ones."""

    corruption: float = setting(0.1, "share of the values (each channel of a pixel) that the encoder sees as -1 or 1 "
                                "by chance", at_least=0, at_most=1)

    model_class = DenoisingModel
    noise = "normal"

    def model_settings(self) -> dict[str, Any]:
        return {"corruption": self.corruption}
