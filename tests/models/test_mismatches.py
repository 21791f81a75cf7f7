"""Mismatched images: another picture, another condition and another class."""

import numpy as np
import tensorflow as tf

from wirgan_tf.models.mismatches import mismatches


def test_a_mismatch_differs_in_picture_condition_and_class():
    random = np.random.RandomState(0)
    rows = {"label": tf.constant(random.randint(0, 3, [64]), tf.int64),
            "embedding": tf.constant(random.randint(0, 2, [64, 2]), tf.float32),
            "image": tf.constant(random.randint(0, 5, [64, 1, 1, 1]), tf.float32)}
    places, found = mismatches(rows)
    assert np.all(found)
    for name, values in rows.items():
        others = tf.gather(values, places).numpy().reshape(64, -1)
        assert np.all(np.any(others != values.numpy().reshape(64, -1), axis=1)), name
    assert len(set(places.numpy())) > 16


def test_a_row_that_agrees_with_all_others_has_no_mismatch():
    places, found = mismatches({"image": tf.reshape(tf.range(4.0), [4, 1, 1, 1]),
                                "label": tf.constant([0, 0, 1, 0], tf.int64)})
    assert found.numpy().tolist() == [True] * 4
    assert places.numpy()[[0, 1, 3]].tolist() == [2, 2, 2]
    assert not np.any(mismatches({"image": tf.reshape(tf.range(4.0), [4, 1, 1, 1]),
                                  "label": tf.zeros([4], tf.int64)})[1])


def test_replicas_look_at_the_rows_of_all_of_them(two_replicas):
    """Each replica's own rows are of one class."""
    whole = {"image": tf.reshape(tf.range(4.0), [4, 1, 1, 1]), "label": tf.constant([0, 0, 1, 1], tf.int64)}
    halves = two_replicas.experimental_distribute_values_from_function(
        lambda context: {name: tf.split(values, 2)[context.replica_id_in_sync_group]
                         for name, values in whole.items()})
    places, found = (tf.concat(two_replicas.experimental_local_results(values), 0).numpy().tolist()
                     for values in tf.function(lambda: two_replicas.run(mismatches, args=(halves,)))())
    assert places == mismatches(whole)[0].numpy().tolist() == [2, 2, 0, 0]
    assert found == [True] * 4
