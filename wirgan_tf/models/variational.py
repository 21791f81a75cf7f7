"""The variational autoencoder (Kingma and Welling 2014); with the draw network, DRAW (Gregor et al. 2015)."""

import tensorflow as tf

from wirgan_tf.models.likelihood import Likelihood, LikelihoodModel
from wirgan_tf.models.model import Logs
from wirgan_tf.networks.inference import Inference
from wirgan_tf.objectives.likelihood import bernoulli_cross_entropy, divergence_from_prior


class VariationalModel(LikelihoodModel):
    """Its loss is minus the evidence lower bound: -E_q[log p(x | z)] + KL(q(z | x) || N(0, I))."""

    def posterior_sample(self, mean: tf.Tensor, log_variance: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """z = mean + deviation noise"""
        return mean + tf.exp(log_variance / 2.0) * noise

    def losses(self, images: tf.Tensor, inference: Inference) -> Logs:
        return {"reconstruction": tf.reduce_mean(bernoulli_cross_entropy(images, inference.logits)),
                "divergence": tf.reduce_mean(divergence_from_prior(inference.mean, inference.log_variance))}


class VariationalAutoencoder(Likelihood):
    """The evidence lower bound."""

    model_class = VariationalModel
    noise = "normal"
