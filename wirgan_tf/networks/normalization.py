"""Batch normalisation for a network that is applied T times with the same weights."""

import keras
import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.networks.conditioning import ConditionEmbedding
from wirgan_tf.networks.passes import INFERENCE, Pass


class StepBatchNormalization(keras.layers.Layer):
    """Batch normalisation with scale and offset shared over time and moving statistics kept for each time step.

    The first step sees h = 0 and later ones do not, so their activations have different means and variances; one
    average over all steps would fit none of them at inference.

    Args:
      time_steps: T, number of time steps that keep statistics; later ones use those of step T.
      first_step: the first of them, counted from 0; 1 in an encoder, which is not called at the first step.
      momentum: decay of the moving statistics, for each call in training.
      epsilon: added to the variance.
      classes: scale and offset depend on the condition of the pass, of this many classes or attributes, and are at
        first 1 and 0 for all of them; moments are shared. 0: they do not depend on a condition.
      synchronized: whether replicas normalise by the batch of all of them. If not, each normalises by its own rows, and
        the moving statistics follow the mean of the replicas' moments.
    """

    def __init__(self, time_steps: int, *, first_step: int = 0, classes: int = 0, momentum: float = 0.9,
                 epsilon: float = 1e-3, synchronized: bool = True, **kwargs):
        super().__init__(**kwargs)
        self.time_steps = time_steps
        self.first_step = first_step
        self.classes = classes
        self.momentum = momentum
        self.epsilon = epsilon
        self.synchronized = synchronized

    def build(self, input_shape):
        channels = (input_shape[-1],)
        self.gamma = self.add_weight(shape=channels, initializer="ones", name="gamma", autocast=False,
                                     trainable=not self.classes)
        self.beta = self.add_weight(shape=channels, initializer="zeros", name="beta", autocast=False,
                                    trainable=not self.classes)
        if self.classes:
            self.to_gamma, self.to_beta = (ConditionEmbedding(self.classes, input_shape[-1], "zeros", name=name)
                                           for name in ("to_gamma", "to_beta"))
        self.moving_mean = [self._statistic(channels, "zeros", f"moving_mean_{t}") for t in range(self.time_steps)]
        self.moving_variance = [self._statistic(channels, "ones", f"moving_variance_{t}")
                                for t in range(self.time_steps)]

    def _statistic(self, shape, initializer, name):
        # Replicas share their moments before they assign, so they all assign the same values.
        return self.add_weight(shape=shape, initializer=initializer, name=name, trainable=False, autocast=False,
                               aggregation="only_first_replica")

    def call(self, inputs, run: Pass = INFERENCE):
        """Normalises [B, ..., C] at time step `run.step`: by the batch in training, else by the averages."""
        step = min(run.step - self.first_step, self.time_steps - 1)
        inputs = tf.cast(inputs, self.variable_dtype)
        if not run.training:
            mean, variance = self.moving_mean[step], self.moving_variance[step]
            outputs = tf.nn.batch_normalization(inputs, mean, variance, self.beta, self.gamma, self.epsilon)
        else:
            if self.synchronized and replicas.count() > 1:
                outputs, mean, variance = self._by_all_rows(inputs, near=tf.convert_to_tensor(self.moving_mean[step]))
            else:
                outputs, mean, variance = self._by_batch(inputs)
            if run.track_statistics:
                if not self.synchronized:
                    mean, variance = tf.unstack(replicas.mean(tf.stack([mean, variance])))
                for moving, batch in ((self.moving_mean[step], mean), (self.moving_variance[step], variance)):
                    moving.assign(self.momentum * moving + (1.0 - self.momentum) * batch)
        if self.classes:
            outputs = self._by_condition(outputs, run.condition)
        return tf.cast(outputs, self.compute_dtype)

    def _by_condition(self, normalized, condition):
        """gamma_y x + beta_y, for each row by its own condition y."""
        places = [-1] + [1] * (normalized.shape.rank - 2) + [normalized.shape[-1]]
        gamma, beta = (tf.reshape(embedding(condition), places) for embedding in (self.to_gamma, self.to_beta))
        return (1.0 + gamma) * normalized + beta

    def _by_batch(self, inputs):
        """The normalised inputs and the batch's mean and variance, by TensorFlow's fused kernel."""
        images = inputs if inputs.shape.rank == 4 else tf.reshape(inputs, [-1, 1, 1, inputs.shape[-1]])
        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(images, self.gamma, self.beta, epsilon=self.epsilon)
        count = tf.cast(tf.size(inputs) // inputs.shape[-1], variance.dtype)
        biased = variance * (count - 1.0) / count  # the kernel returns the unbiased estimate
        if images is not inputs:
            outputs = tf.ensure_shape(tf.reshape(outputs, tf.shape(inputs)), inputs.shape)
        return outputs, mean, biased

    def _by_all_rows(self, inputs, near):
        """The normalised inputs, and the mean and variance of the batch of all replicas.

        Var[x] = E[(x - near)^2] - (E[x] - near)^2, whatever `near` is: one reduction over replicas gives both moments.
        The moving mean is near enough for the difference to lose little precision.
        """
        mean, variance = tf.nn.moments(inputs, list(range(inputs.shape.rank - 1)))
        offset, square = tf.unstack(replicas.mean(tf.stack([mean - near, variance + tf.square(mean - near)])))
        mean, variance = near + offset, tf.maximum(square - tf.square(offset), 0.0)
        return tf.nn.batch_normalization(inputs, mean, variance, self.beta, self.gamma, self.epsilon), mean, variance
