import numpy as np
import tensorflow as tf

from wirgan_tf.data import ArraySource, training_batches
from wirgan_tf.data.choices import seeds_at
from wirgan_tf.data.jitter import Jittered
from wirgan_tf.data.paired import Paired

COUNT, LARGE, SMALL = 3, 7, 4
# Each pixel of a channel tells where it is, and of which image.
GRID = np.arange(COUNT * LARGE * LARGE, dtype=np.uint8).reshape(COUNT, LARGE, LARGE, 1)
BOTH = np.concatenate([GRID, GRID + 100], axis=-1)


def pixels(images):
    return np.round((np.asarray(images) + 1) * 127.5).astype(int)


def jittered(images=BOTH, flip=True):
    return Jittered(ArraySource("plain", images[:, 1:1 + SMALL, 1:1 + SMALL]), ArraySource("large", images), flip)


def drawn(source, count=400):
    return source.examples(tf.range(count, dtype=tf.int64) % COUNT, seeds_at(tf.range(count, dtype=tf.int64), 0))


def places(images):
    """Top, left and whether it is mirrored, of crops [B, S, S] of `GRID`."""
    images = images % (LARGE * LARGE)
    mirrored = images[:, 0, 0] > images[:, 0, -1]
    corner = np.where(mirrored, images[:, 0, -1], images[:, 0, 0])
    return corner // LARGE, corner % LARGE, mirrored


def test_crops_are_parts_of_the_larger_image_at_every_place():
    found = pixels(drawn(jittered(GRID))["image"])[..., 0]
    assert found.shape == (400, SMALL, SMALL)
    top, left, mirrored = places(found)
    for crop, number, y, x, mirror in zip(found, np.arange(400) % COUNT, top, left, mirrored, strict=True):
        part = GRID[number, y:y + SMALL, x:x + SMALL, 0]
        np.testing.assert_array_equal(crop, part[:, ::-1] if mirror else part)
    counts = np.bincount(4 * top + left, minlength=16)
    assert counts.min() > 8
    assert abs(mirrored.mean() - 0.5) < 0.1


def test_one_draw_for_both_images_of_a_pair():
    example = drawn(Paired(jittered(), 1))
    np.testing.assert_array_equal(pixels(example["image"]), pixels(example["source"]) + 100)
    assert len(np.unique(pixels(example["source"])[:, 0, 0])) > 20


def test_nothing_is_mirrored_unless_asked_for():
    _, _, mirrored = places(pixels(drawn(jittered(GRID, flip=False))["image"])[..., 0])
    assert not mirrored.any()


def test_measuring_sees_the_plain_images():
    for _ in range(2):
        example = Paired(jittered(), 1).examples(tf.constant([2, 0]))
        np.testing.assert_array_equal(pixels(example["source"]), GRID[[2, 0], 1:5, 1:5])


def test_draws_follow_the_place_in_the_stream():
    source = Paired(jittered(), 1)

    def images(**settings):
        batches = training_batches(source, batch_size=6, batches=2, seed=5, **settings).take(4)
        return np.array([element["image"] for element in batches.as_numpy_iterator()])

    whole = images()
    np.testing.assert_array_equal(images(first_step=3)[:1], whole[3:])
    parts = [images(shard=shard, num_shards=3) for shard in range(3)]
    np.testing.assert_array_equal(np.concatenate(parts, axis=2), whole)
    assert (whole[0] != whole[1]).any()


def test_the_specs_are_those_of_the_examples():
    source = Paired(jittered(np.concatenate([BOTH, BOTH[..., :1]], axis=-1)), 2)
    assert {name: entry.shape for name, entry in source.spec.items()} == {"image": (4, 4, 1), "source": (4, 4, 2)}
    for example in (drawn(source), source.examples(tf.range(2))):
        assert {name: tuple(value.shape[1:]) for name, value in example.items()} == {
            "image": (4, 4, 1), "source": (4, 4, 2)}
