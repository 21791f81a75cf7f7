"""The balance of the two players: the one that is too far ahead sits out an update."""

from collections.abc import Iterable

import keras
import tensorflow as tf

from wirgan_tf import replicas


def ranking_accuracy(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """Share of the pairs of a real and a generated image that the critic ranks correctly, in [0, 1]; ties count half.

    A critic that knows nothing has 1/2, a perfect one 1. In most objectives scores have no threshold, and this measure
    needs none: it is the same for all critics that order images alike.

    >>> float(ranking_accuracy(tf.constant([1.0, 3.0]), tf.constant([0.0, 2.0])))
    0.75
    """
    return tf.reduce_mean((tf.sign(real[:, None] - fake[None, :]) + 1.0) / 2.0)


class Balance(keras.layers.Layer):
    """When an update is skipped, and how many have been.

    A critic update is skipped when the critic's ranking accuracy on its batch is already above one threshold; the
    generator's when the mean accuracy of the critic updates before it is below another. As long as the second threshold
    is not above the first, the two players are never both held back.

    Args:
      critic_skip_above: in [0, 1]; 1 never skips.
      generator_skip_below: in [0, 1]; 0 never skips.
    """

    def __init__(self, critic_skip_above: float, generator_skip_below: float):
        super().__init__(name="balance", trainable=False)
        self.critic_skip_above = critic_skip_above
        self.generator_skip_below = generator_skip_below
        self.skipped_critic, self.skipped_generator = (
            self.add_weight(name=f"skipped_{player}_updates", shape=(), dtype="int64", initializer="zeros")
            for player in ("critic", "generator"))
        self.built = True

    @property
    def state(self) -> dict[str, keras.Variable]:
        """How many updates of either player have been skipped."""
        return {"skipped_critic_updates": self.skipped_critic, "skipped_generator_updates": self.skipped_generator}

    def skips_critic(self, accuracy: tf.Tensor) -> tf.Tensor:
        """Whether to skip a critic update, given the accuracy on its batch; counts it."""
        skip = replicas.mean(accuracy) > self.critic_skip_above
        self.skipped_critic.assign_add(tf.cast(skip, tf.int64))
        return skip

    def skips_generator(self, accuracy: tf.Tensor) -> tf.Tensor:
        """Whether to skip a generator update, given the mean accuracy of the critic updates before it; counts it."""
        skip = replicas.mean(accuracy) < self.generator_skip_below
        self.skipped_generator.assign_add(tf.cast(skip, tf.int64))
        return skip


class Snapshot:
    """The present values of variables, to go back to.

    An update is made and undone rather than left out: replicas share their gradients in it, which they cannot do in a
    branch of the graph.
    """

    def __init__(self, variables: Iterable[keras.Variable]):
        self._values = [(variable, tf.identity(variable.value)) for variable in variables]

    def restore_if(self, skip: tf.Tensor) -> None:
        """Puts the values back if `skip` is true."""
        for variable, value in self._values:
            variable.assign(tf.where(skip, value, variable.value))
