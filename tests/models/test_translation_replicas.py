"""CycleGAN and StarGAN on two devices: what crosses from one part of a batch to the other."""

import numpy as np
import pytest
import tensorflow as tf

from tests.models.test_translation import batch, built, first_of, remembered

ROWS = 4
# Instance normalisation at these sizes divides by deviations near 0, which multiplies the rounding of sums.
CHANGES = {"cyclegan": {"normalization": "none", "patch_normalization": "none", "blocks": 1, "pool_size": 3},
           "stargan": {"normalization": "none", "blocks": 1, "critic_updates": 2}}


def parts_of(two_replicas, whole, axis):
    """The half of each entry's rows for each device."""
    middle = ROWS // 2
    halves = [{name: tf.split(values, [middle, middle], axis=axis)[place] for name, values in whole.items()}
              for place in (0, 1)]
    return two_replicas.experimental_distribute_values_from_function(
        lambda context: halves[context.replica_id_in_sync_group])


@pytest.mark.parametrize("name", ["cyclegan", pytest.param("stargan", marks=pytest.mark.exhaustive)])
def test_two_devices_train_as_one(name, two_replicas):
    """The pools hold the images of both parts; the attributes after a part's last are those of the other's first."""
    settings = {"batch_size": ROWS, "critic_learning_rate": 1e-3, "generator_learning_rate": 1e-3, **CHANGES[name]}
    alone = built(name, **settings)
    with two_replicas.scope():
        together = built(name, **settings)
    step = tf.function(lambda part: two_replicas.run(together.train_step, args=(part,)), autograph=False)
    for number in range(2):
        updates = [batch(10 * number + update, rows=ROWS) for update in range(alone.critic_updates)]
        whole = {key: tf.concat([one[key] for one in updates], axis=0) for key in updates[0]}
        alone.train_step(whole)
        step(parts_of(two_replicas, whole, axis=1))
    for mine, theirs in zip(remembered(alone), remembered(together), strict=True):
        first, second = two_replicas.experimental_local_results(theirs.value)
        np.testing.assert_allclose(mine, first, atol=2e-4, err_msg=mine.path)
        np.testing.assert_array_equal(first, second, err_msg=mine.path)


def test_targets_go_on_from_one_device_to_the_other(two_replicas):
    model, whole = built("stargan"), first_of(batch(rows=ROWS))
    asked = tf.function(lambda part: two_replicas.run(model._conditions_of, args=(part,)), autograph=False)
    halves = two_replicas.experimental_local_results(asked(parts_of(two_replicas, whole, axis=0))["attributes"])
    np.testing.assert_array_equal(np.concatenate(halves), np.roll(whole["attributes"], -1, axis=0))
