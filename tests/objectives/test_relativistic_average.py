import numpy as np
import tensorflow as tf

from wirgan_tf.objectives import Scores
from wirgan_tf.objectives.relativistic_average import RelativisticAverage

OBJECTIVE = RelativisticAverage()


def losses_and_gradients(real, fake):
    """Both losses, and the gradients of each by all scores."""
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([real, fake])
        scores = Scores(real, fake, None, None)
        losses = OBJECTIVE.critic_loss(scores), OBJECTIVE.generator_loss(scores)
    return [*losses, *(gradient for loss in losses for gradient in tape.gradient(loss, [real, fake]))]


def test_replicas_compare_with_the_average_of_the_whole_batch(two_replicas):
    """The mean of the replicas' losses is the loss of the joint batch, and so are the gradients, each by half."""
    real, fake = tf.constant([1.0, 3.0, -2.0, 0.5]), tf.constant([0.0, 2.0, 4.0, -7.0])
    halves = [two_replicas.experimental_distribute_values_from_function(
        lambda context, scores=scores: tf.split(scores, 2)[context.replica_id_in_sync_group])
        for scores in (real, fake)]
    found = [two_replicas.experimental_local_results(values)
             for values in tf.function(lambda: two_replicas.run(losses_and_gradients, args=halves))()]
    together = losses_and_gradients(real, fake)
    for shared, joint in zip(found[:2], together[:2], strict=True):
        np.testing.assert_allclose(np.mean(shared), joint, rtol=1e-6)
    for shared, joint in zip(found[2:], together[2:], strict=True):
        np.testing.assert_allclose(tf.concat(shared, 0) / 2.0, joint, rtol=1e-5)
