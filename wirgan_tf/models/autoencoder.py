"""The plain autoencoder (Hinton and Salakhutdinov 2006)."""

import tensorflow as tf

from wirgan_tf.models.likelihood import Likelihood, LikelihoodModel
from wirgan_tf.models.model import Logs
from wirgan_tf.networks.inference import Inference
from wirgan_tf.objectives.likelihood import bernoulli_cross_entropy


class AutoencoderModel(LikelihoodModel):
    """An image's code is a z for each time step, with values in [-1, 1]; samples are drawn from that whole cube.

    Nothing in the loss makes the codes of images fill the cube.
    """

    def posterior_sample(self, mean: tf.Tensor, log_variance: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """z = tanh(mean)"""
        del log_variance, noise
        return tf.tanh(mean)

    def losses(self, images: tf.Tensor, inference: Inference) -> Logs:
        return {"reconstruction": tf.reduce_mean(bernoulli_cross_entropy(images, inference.logits))}


class Autoencoder(Likelihood):
    """Codes from which the images are reconstructed."""

    model_class = AutoencoderModel
    noise = "uniform"
