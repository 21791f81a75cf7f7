"""What scores tell, by hand: of images and of patches, of one critic and of two."""

import numpy as np
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.models import build_model, judging
from wirgan_tf.networks.passes import INFERENCE
from wirgan_tf.objectives import Scores

IMAGES = {"critic": Scores(tf.constant([3.0, 1.0]), tf.constant([0.0, 2.0]), None, None)}
PATCHES = {"critic": Scores(tf.constant([[5.0, 1.0], [0.0, 2.0]]), tf.constant([[1.0, 1.0], [2.0, 2.0]]), None, None)}


def test_distance_is_the_difference_of_means():
    assert judging.distance(IMAGES) == 2.0 - 1.0
    assert judging.distance(PATCHES) == 2.0 - 1.5
    two = {"critic_a": IMAGES["critic"], "critic_b": PATCHES["critic"]}
    assert judging.distance(two) == (1.0 + 0.5) / 2


def test_accuracy_ranks_images_by_the_mean_of_their_patches():
    """3 is above 0 and 2, 1 is above 0 alone; of the patches' means 3 is above 1 and 2, 1 ties with 1: one half."""
    assert judging.accuracy(IMAGES) == 3 / 4
    assert judging.accuracy(PATCHES) == (2 + 0.5) / 4


def test_accuracy_is_of_the_pairs_of_all_replicas(two_replicas):
    """3 is above 0 and 2, 1 is above 0 alone; replicas' own pairs would be 3 above 0 and 1 below 2: one half."""
    def ranked(context):
        row = context.replica_id_in_sync_group
        scores = Scores(IMAGES["critic"].real[row:row + 1], IMAGES["critic"].fake[row:row + 1], None, None)
        return scores.real, scores.fake

    halves = two_replicas.experimental_distribute_values_from_function(ranked)
    found = two_replicas.run(lambda pair: judging.accuracy({"critic": Scores(*pair, None, None)}), args=(halves,))
    assert [float(value) for value in two_replicas.experimental_local_results(found)] == [3 / 4, 3 / 4]


def test_each_batch_is_judged_by_itself():
    critic = build_model(Config(width=2, latent=3, time_steps=1), (8, 8, 1)).critic
    real, fake = (tf.random.stateless_uniform([3, 8, 8, 1], [0, seed], -1.0) for seed in range(2))
    scores = judging.scores_of_both(critic, judging.Judged(real, fake, {}), INFERENCE, features=False, state={})
    np.testing.assert_array_equal(scores.real, critic(real))
    np.testing.assert_array_equal(scores.fake, critic(fake))
    alone = judging.scores_of_generated(critic, judging.Judged(real, fake, {}), INFERENCE, features=False, state={})
    assert (alone.real, alone.real_data) == (None, None)
    np.testing.assert_array_equal(alone.fake, scores.fake)
