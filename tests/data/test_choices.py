import numpy as np
import tensorflow as tf

from wirgan_tf.data.choices import Choice, seeds_at, seeds_for, whole_numbers


def test_numbers_are_those_of_splitmix64():
    """The first three of seed 1234567, as in the test vectors of its published implementations."""
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    for choice, expected in zip(Choice, published, strict=False):
        found = whole_numbers(tf.constant([1234567], tf.int64), choice, 1000)
        assert found.numpy().tolist() == [expected * 1000 >> 64]
        assert seeds_for(tf.constant([1234567], tf.int64), choice).numpy().astype(np.uint64).tolist() == [expected]


def test_numbers_are_even_and_independent():
    seeds = seeds_at(tf.range(20_000, dtype=tf.int64), 3)
    tops, lefts = (whole_numbers(seeds, choice, 5).numpy() for choice in (Choice.TOP, Choice.LEFT))
    joint = np.bincount(5 * tops + lefts, minlength=25)
    assert np.all(abs(joint - 800) < 5 * np.sqrt(800))


def test_positions_and_seeds_of_runs_have_choices_of_their_own():
    positions = tf.constant([0, 1, 2**40], tf.int64)
    drawn = np.concatenate([seeds_at(positions, seed) for seed in (0, 1, -1, 2**61)])
    assert len(set(drawn.tolist())) == 12


def test_a_graph_makes_the_same_choices():
    positions = tf.range(100, dtype=tf.int64)
    of = tf.function(lambda places: whole_numbers(seeds_at(places, 7), Choice.FLIP, 2))
    np.testing.assert_array_equal(of(positions), whole_numbers(seeds_at(positions, 7), Choice.FLIP, 2))
