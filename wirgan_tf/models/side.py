"""A player of the game: networks that one optimizer moves."""

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from wirgan_tf import replicas


class Side:
    """What one optimizer, checkpoint part and balance rule act on.

    Args:
      networks: by name, built.
      optimizer: the one for all of them; its variables are built here, as a distribution strategy needs them before any
        step.
    """

    def __init__(self, networks: Mapping[str, keras.Model], optimizer: keras.optimizers.Optimizer):
        self.networks = dict(networks)
        self.optimizer = optimizer
        optimizer.build(self.trainable_variables)

    @property
    def trainable_variables(self) -> list[keras.Variable]:
        return [variable for network in self.networks.values() for variable in network.trainable_variables]

    @property
    def variables(self) -> list[keras.Variable]:
        """The variables of the networks and of the optimizer."""
        return [*(variable for network in self.networks.values() for variable in network.variables),
                *self.optimizer.variables]

    def minimize(self, terms: Mapping[str, tf.Tensor], tape: tf.GradientTape) -> dict[str, tf.Tensor]:
        """One update by the gradient of the sum of `terms`: means over this replica's rows, recorded by `tape`.

        Gradients are summed over replicas, so the loss is divided by their number.

        Returns: the terms by name, their sum `loss`, and `gradient_norm`, that of the mean gradient of all replicas.
        """
        with tape:
            loss = tf.add_n(list(terms.values()))
            shared = loss / replicas.count()
        gradients = tape.gradient(shared, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {**terms, "loss": loss, "gradient_norm": _norm_of_sum(gradients)}


def _norm_of_sum(gradients: Sequence[tf.Tensor]) -> tf.Tensor:
    """Norm of the gradients' sums over all replicas."""
    if replicas.count() > 1:
        gradients = tf.distribute.get_replica_context().all_reduce("SUM", list(gradients))
    return tf.linalg.global_norm(gradients)
