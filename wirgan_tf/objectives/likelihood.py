"""The two terms of the evidence lower bound (Kingma and Welling 2014, equation 10 and appendices B, C), in nats."""

import tensorflow as tf


def bernoulli_cross_entropy(images: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """-log p(x | z) of pixels p = (x + 1) / 2: -sum (p log m + (1 - p) log(1 - m)), m = sigmoid(logit).

    Args:
      images: float32 [B, H, W, C] in [-1, 1].
      logits: float32 [B, H, W, C].

    Returns: float32 [B]. With pixels between black and white its minimum is above 0.
    """
    pixels = (images + 1.0) / 2.0
    return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(pixels, logits), axis=[1, 2, 3])


def divergence_from_prior(mean: tf.Tensor, log_variance: tf.Tensor) -> tf.Tensor:
    """KL(N(mean, variance) || N(0, I)) = sum (mean^2 + variance - log variance - 1) / 2.

    Args:
      mean: float32 [T, B, latent].
      log_variance: float32 [T, B, latent].

    Returns: float32 [B], summed over T and latent.
    """
    terms = tf.square(mean) + tf.exp(log_variance) - log_variance - 1.0
    return tf.reduce_sum(terms, axis=[0, 2]) / 2.0
