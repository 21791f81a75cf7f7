import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.data import ArraySource, batches_in_order, training_batches
from wirgan_tf.data.pipeline import shuffled_indices


def numbered(size: int) -> ArraySource:
    """Each example is its own index."""
    return ArraySource("numbered", np.arange(size, dtype=np.float32)[:, None], np.arange(size), num_classes=size)


def drawn(source: ArraySource, elements: int, **settings) -> np.ndarray:
    """Indices in the order of training: [elements, n_D, B]."""
    defaults = {"batch_size": 4, "batches": 2, "seed": 0}
    batches = training_batches(source, **(defaults | settings)).take(elements)
    return np.array([element["label"] for element in batches.as_numpy_iterator()])


@pytest.mark.parametrize(("size", "batch_size", "critic_updates"),
                         [(24, 4, 2), (23, 4, 2), (7, 5, 3), (3, 10, 1), (1, 2, 1)])
def test_each_epoch_covers_each_example_once(size, batch_size, critic_updates):
    elements = -(-3 * size // (batch_size * critic_updates))
    order = drawn(numbered(size), elements, batch_size=batch_size, batches=critic_updates).ravel()
    for epoch in range(3):
        assert sorted(order[epoch * size:(epoch + 1) * size]) == list(range(size))


class Unscaled(ArraySource):
    """A source that gives its images as they are."""

    def examples(self, indices, seeds=None):
        return {"image": tf.gather(self.images, indices)}


@pytest.mark.parametrize(("images", "message"), [
    (np.full([3, 2, 2, 1], 7, np.uint8), r"the source 's' gives images of uint8: expected float32 in \[-1, 1\]; give"),
    (np.full([3, 2, 2, 1], 7.0), "gives images of float64"),
    (np.full([3, 2, 2, 1], 255.0, np.float32), r"gives images from 255 to 255: .*give images / 127\.5 - 1"),
    (np.full([3, 2, 2, 1], np.nan, np.float32), "gives values that are NaN or infinite")])
def test_images_that_nobody_scaled_make_no_batches(images, message):
    source = Unscaled("s", np.zeros([3, 2, 2, 1], np.float32))
    object.__setattr__(source, "images", images)
    with pytest.raises(ValueError, match=message):
        training_batches(source, batch_size=2, batches=1, seed=0)


def test_image_and_label_stay_together():
    element = next(training_batches(numbered(50), batch_size=6, batches=3, seed=1).as_numpy_iterator())
    assert element["image"].shape == (3, 6, 1)
    assert element["image"].dtype == np.float32
    np.testing.assert_array_equal(element["image"][..., 0], element["label"])


@pytest.mark.parametrize("first_step", [1, 5, 1_000_000_000])
def test_starting_late_equals_skipping(first_step):
    source = numbered(13)
    late = drawn(source, 3, first_step=first_step, seed=7)
    if first_step < 100:
        np.testing.assert_array_equal(late, drawn(source, first_step + 3, seed=7)[first_step:])
    positions = first_step * 8 + np.arange(24)
    np.testing.assert_array_equal(late.ravel(), shuffled_indices(tf.constant(positions, tf.int64), 13, 7))


def test_same_seed_repeats():
    np.testing.assert_array_equal(drawn(numbered(100), 10, seed=3), drawn(numbered(100), 10, seed=3))


def test_seeds_and_epochs_have_orders_of_their_own():
    size = 1000
    positions = tf.range(3 * size, dtype=tf.int64)
    orders = np.concatenate([np.reshape(shuffled_indices(positions, size, seed), [3, size])
                             for seed in (0, 1, 256, 2**40, -1)])
    for one in range(len(orders)):
        for other in range(one):
            assert np.mean(orders[one] == orders[other]) < 0.02
    assert abs(np.corrcoef(np.arange(size), orders[0])[0, 1]) < 0.15  # not nearly sorted


@pytest.mark.parametrize("size", [100, 1437, 100_000])
def test_orders_do_not_come_back(size):
    epochs = np.arange(2000)
    starts = np.stack([shuffled_indices(tf.constant(epochs * size + place, tf.int64), size, 0) for place in range(8)],
                      axis=1)
    assert len(np.unique(starts, axis=0)) > 1980
    # Each example is as likely as any other to be an epoch's first.
    assert abs(starts[:, 0].mean() / (size - 1) - 0.5) < 0.05


@pytest.mark.parametrize("num_shards", [1, 2, 4])
def test_shards_partition_each_batch(num_shards):
    source = numbered(37)
    parts = [drawn(source, 5, batch_size=8, shard=shard, num_shards=num_shards, first_step=2)
             for shard in range(num_shards)]
    assert parts[0].shape == (5, 2, 8 // num_shards)
    np.testing.assert_array_equal(np.concatenate(parts, axis=-1), drawn(source, 5, batch_size=8, first_step=2))


def test_batch_must_divide_among_shards():
    with pytest.raises(ValueError, match=r"batch_size=10 must divide evenly among 4 replicas"):
        training_batches(numbered(5), batch_size=10, batches=1, seed=0, num_shards=4)


def test_empty_source_is_refused():
    with pytest.raises(ValueError, match=r"'numbered' is empty"):
        training_batches(numbered(0), batch_size=1, batches=1, seed=0)


@pytest.mark.parametrize(("limit", "sizes"), [(None, [4, 4, 2]), (8, [4, 4]), (5, [4, 1]), (99, [4, 4, 2])])
def test_batches_in_order(limit, sizes):
    batches = list(batches_in_order(numbered(10), 4, limit).as_numpy_iterator())
    assert [len(batch["label"]) for batch in batches] == sizes
    np.testing.assert_array_equal(np.concatenate([batch["label"] for batch in batches]), np.arange(sum(sizes)))
