"""Critics that are autoencoders: what they cannot reconstruct is not real."""

from collections.abc import Callable

import keras
import tensorflow as tf

from wirgan_tf.networks.composite import Composite


class AutoencoderCritic(Composite, keras.Model):
    """D: images [B, *shape] -> scores [B], minus the reconstruction error e(x); higher means more real, at most 0.

    e(x) is the mean over pixels of |x - D(x)|^eta. BEGAN takes eta = 1 (Berthelot et al. 2017, equation 1). EBGAN's
    energy is ||Dec(Enc(x)) - x|| (Zhao et al. 2016, section 2.3); here it is eta = 2, the mean squared error, so that
    a margin means the same for every size of image: 1 is the error of a grey picture for a black and white one.

    Args:
      encoder: images -> codes [B, ...], called with `training` and `update_statistics`.
      decoder: codes -> images, float32 [B, *shape], called in the same way.
      deviation: |.|^eta, `tf.abs` or `tf.square`.
    """

    def __init__(self, encoder: keras.layers.Layer, decoder: keras.layers.Layer,
                 deviation: Callable[[tf.Tensor], tf.Tensor]):
        super().__init__(name="critic")
        self.encoder = encoder
        self.decoder = decoder
        self.deviation = deviation

    def call(self, images, training: bool = False, update_statistics: bool = True):
        return self.scores_and_codes(images, training, update_statistics)[0]

    def scores_and_codes(self, images, training: bool = False, update_statistics: bool = True):
        """Scores, float32 [B], and the encoder's codes, float32 [B, k], of images [B, *shape]."""
        codes = self.encoder(images, training=training, update_statistics=update_statistics)
        images_again = self.decoder(codes, training=training, update_statistics=update_statistics)
        errors = tf.reduce_mean(self.deviation(images - images_again), axis=list(range(1, images.shape.rank)))
        return -errors, tf.reshape(tf.cast(codes, tf.float32), [-1, codes.shape[1:].num_elements()])
