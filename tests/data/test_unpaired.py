import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.data import ArraySource, conditions_of, distinct_images, divided, source_count, training_batches
from wirgan_tf.data.choices import seeds_at
from wirgan_tf.data.splits import undivided
from wirgan_tf.data.unpaired import Unpaired


def numbered(size, first=0):
    """Images of one pixel, each its own number, which is also its label."""
    numbers = np.arange(first, first + size, dtype=np.uint8)
    return ArraySource("numbered", numbers.reshape(-1, 1, 1, 1), numbers, 256)


def numbers_of(images):
    return np.round((np.asarray(images)[..., 0, 0, 0] + 1) * 127.5).astype(int)


A, B = numbered(5), numbered(12, first=100)


@pytest.mark.parametrize(("a", "b", "larger", "smaller"), [(A, B, "image", "source"), (B, A, "source", "image")])
def test_an_epoch_has_the_larger_domain_once_and_the_other_at_random(a, b, larger, smaller):
    both = Unpaired("both", a, b)
    assert both.size == 12
    batches = training_batches(both, batch_size=12, batches=50, seed=0).take(1)
    element, = batches.as_numpy_iterator()
    for epoch in numbers_of(element[larger]):
        assert sorted(epoch) == list(range(100, 112))
    drawn = numbers_of(element[smaller])
    counts = np.bincount(drawn.ravel(), minlength=5)
    assert counts.sum() == 600
    assert np.all(abs(counts - 120) < 50)
    beside = numbers_of(element[larger])
    partners_of_first = [set(drawn[beside == number]) for number in range(100, 112)]
    assert all(len(partners) > 3 for partners in partners_of_first)


def test_partners_follow_the_place_in_the_stream():
    """Neither a later start nor the number of devices that share a batch changes them."""
    both = Unpaired("both", A, B)

    def drawn(**settings):
        batches = training_batches(both, batches=2, batch_size=8, seed=3, **settings).take(4)
        return np.array([numbers_of(element["source"]) for element in batches.as_numpy_iterator()])

    np.testing.assert_array_equal(drawn(first_step=2)[:2], drawn()[2:])
    parts = [drawn(shard=shard, num_shards=2) for shard in range(2)]
    np.testing.assert_array_equal(np.concatenate(parts, axis=-1), drawn())


def test_measuring_makes_no_choices():
    both = Unpaired("both", A, B)
    for _ in range(2):
        example = both.examples(tf.constant([0, 6, 11]))
        np.testing.assert_array_equal(numbers_of(example["image"]), [100, 106, 111])
        np.testing.assert_array_equal(numbers_of(example["source"]), [0, 1, 1])
        np.testing.assert_array_equal(example["label"], [100, 106, 111])
        np.testing.assert_array_equal(example["source_label"], [0, 1, 1])


def test_the_partner_is_the_translation_of_the_source():
    both = Unpaired("both", A, B, partner=lambda source: -source)
    example = both.examples(tf.range(12), seeds_at(tf.range(12, dtype=tf.int64), 0))
    np.testing.assert_array_equal(example["partner"], -example["source"])
    assert {name: (value.shape[1:], value.dtype) for name, value in example.items()} == {
        name: (entry.shape, entry.dtype) for name, entry in both.spec.items()}
    assert [name for name, entry in both.spec.items() if entry.unpaired] == ["source"]


def test_images_of_both_domains_are_held_out():
    whole = Unpaired("both", numbered(60), numbered(100, first=100))
    train, validation = divided(whole, 0.05)
    assert (train.a.size, validation.a.size, train.b.size, validation.b.size) == (48, 12, 80, 20)
    for domain, first, size in (("source", 0, 60), ("image", 100, 100)):
        parts = [set(numbers_of(part.examples(tf.range(part.size))[domain])) for part in (train, validation)]
        assert parts[0] | parts[1] == set(range(first, first + size))
        assert not parts[0] & parts[1]
    assert undivided(train).identity == undivided(validation).identity == whole.identity
    assert len({train.identity, validation.identity, whole.identity}) == 3


def test_too_few_of_a_domain_hold_nothing_out():
    whole = Unpaired("both", numbered(40), numbered(100, first=100))
    assert divided(whole, 0.05) == (whole, None)


def test_the_identity_is_of_the_domains_in_their_order():
    identities = {Unpaired("both", *domains).identity for domains in [(A, B), (B, A), (A, A)]}
    assert len(identities) == 3


@pytest.mark.parametrize(("a", "b"), [(A, B), (B, A)])
def test_consecutive_seeds_translate_every_image_once(a, b):
    """Wherever they begin; and the images to compare with are those of b, each once."""
    both = Unpaired("both", a, b)
    choose = conditions_of(both, ["source"])
    for first in (0, 3, 2_000_003):
        sources = numbers_of(choose(first + np.arange(a.size))["source"])
        assert sorted(sources) == sorted(numbers_of(a.examples(tf.range(a.size))["image"]))
    assert source_count(both) == a.size
    assert distinct_images(both) is b


def test_examples_that_are_no_pairs_are_themselves():
    assert distinct_images(A) is A
    assert source_count(A) == 5
