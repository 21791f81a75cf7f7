"""Critics that are autoencoders: what they cannot reconstruct is not real."""

from collections.abc import Callable

import keras
import tensorflow as tf

from wirgan_tf.networks.critic import Critic
from wirgan_tf.networks.passes import INFERENCE, Pass


class AutoencoderCritic(Critic):
    """D: images [B, *shape] -> scores [B], minus the reconstruction error e(x); higher means more real, at most 0.

    e(x) is the mean over pixels of |x - D(x)|^eta. BEGAN takes eta = 1 (Berthelot et al. 2017, equation 1). EBGAN's
    energy is ||Dec(Enc(x)) - x|| (Zhao et al. 2016, section 2.3); here it is eta = 2, the mean squared error, so that
    a margin means the same for every size of image: 1 is the error of a grey image for a black-and-white one.

    Args:
      encoder: images -> codes [B, ...], called with `run`.
      decoder: codes -> images, float32 [B, *shape], called in the same way.
      deviation: |.|^eta, `tf.abs` or `tf.square`.
    """

    def __init__(self, encoder: keras.layers.Layer, decoder: keras.layers.Layer,
                 deviation: Callable[[tf.Tensor], tf.Tensor]):
        super().__init__(name="critic", autocast=False)  # distances between images are float32
        self.encoder = encoder
        self.decoder = decoder
        self.deviation = deviation

    def call(self, images, run: Pass = INFERENCE):
        return self.scores_and_features(images, run)[0]

    def scores_and_features(self, images, run: Pass = INFERENCE):
        """Scores, float32 [B], and the encoder's codes, float32 [B, k], of images [B, *shape]."""
        codes = self.encoder(images, run=run)
        reconstructions = self.decoder(codes, run=run)
        errors = tf.reduce_mean(self.deviation(images - reconstructions), axis=list(range(1, images.shape.rank)))
        return -errors, tf.reshape(tf.cast(codes, tf.float32), [-1, codes.shape[1:].num_elements()])
