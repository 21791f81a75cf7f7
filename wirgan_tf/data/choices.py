"""The random choices that data makes in training: where to crop, whether to flip, which image to pair with another.

Each is a function of a seed that belongs to the example's place in the stream of training. So a resumed run makes the
same choices, however many devices share a batch. The numbers are those of SplitMix64 (Steele et al. 2014).
"""

import enum

import numpy as np
import tensorflow as tf

_STEP, _MULTIPLIERS = 0x9E3779B97F4A7C15, (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


class Choice(enum.IntEnum):
    """What is chosen; each choice has numbers of its own."""

    PARTNER = 0
    FIRST_DOMAIN = 1
    SECOND_DOMAIN = 2
    TOP = 3
    LEFT = 4
    FLIP = 5
    CAPTION = 6


def seeds_at(positions: tf.Tensor, seed: int) -> tf.Tensor:
    """Seeds of the examples at `positions`, int64 [N], in the stream of a run with the seed `seed`; int64 [N]."""
    return tf.bitcast(_mixed(_unsigned(positions) * _constant(_STEP) + _constant(seed * _MULTIPLIERS[0])), tf.int64)


def seeds_for(seeds: tf.Tensor, choice: Choice) -> tf.Tensor:
    """Seeds, int64 [N], of further choices that are independent of those of `seeds`, int64 [N]."""
    return tf.bitcast(_bits(seeds, choice), tf.int64)


def whole_numbers(seeds: tf.Tensor, choice: Choice, limit: int | tf.Tensor) -> tf.Tensor:
    """Whole numbers 0 .. limit - 1, equally likely, int64 [N], a function of `seeds`, int64 [N].

    `limit` is one number for all, or int64 [N].
    """
    fraction = tf.cast(tf.bitwise.right_shift(_bits(seeds, choice), _constant(11)), tf.float64) * 2.0**-53
    return tf.cast(fraction * tf.cast(limit, tf.float64), tf.int64)


def _bits(seeds: tf.Tensor, choice: Choice) -> tf.Tensor:
    """uint64 [N]: the number that a SplitMix64 of each seed gives after `choice` others."""
    return _mixed(_unsigned(seeds) + _constant((choice + 1) * _STEP))


def _mixed(values: tf.Tensor) -> tf.Tensor:
    for shift, multiplier in zip((30, 27), _MULTIPLIERS, strict=True):
        values = tf.bitwise.bitwise_xor(values, tf.bitwise.right_shift(values, _constant(shift))) * _constant(
            multiplier)
    return tf.bitwise.bitwise_xor(values, tf.bitwise.right_shift(values, _constant(31)))


def _unsigned(values: tf.Tensor) -> tf.Tensor:
    return tf.bitcast(tf.cast(values, tf.int64), tf.uint64)


def _constant(value: int) -> tf.Tensor:
    return tf.constant(np.uint64(value % 2**64))
