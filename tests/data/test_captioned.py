"""Pictures with texts."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data import ArraySource
from wirgan_tf.data.captioned import Captioned
from wirgan_tf.data.digit_captions import CLASSES, WORDINGS, captions_of
from wirgan_tf.texts import bag_of_words


@pytest.fixture(scope="module")
def captioned():
    """Two pictures with one and with three texts."""
    pictures = ArraySource("pictures", np.zeros([2, 8, 8, 1], np.uint8))
    return Captioned(pictures, np.eye(4, dtype=np.float32), np.array([0, 1]), np.array([1, 3]))


def test_a_picture_has_each_of_its_texts_as_often_and_no_other(captioned):
    indices, seeds = tf.constant([0, 1] * 300, tf.int64), tf.range(600, dtype=tf.int64)
    chosen = np.argmax(captioned.examples(indices, seeds)["embedding"], axis=1)
    assert set(chosen[::2]) == {0}
    assert np.all(np.bincount(chosen[1::2], minlength=4)[1:] > 70)
    np.testing.assert_array_equal(chosen, np.argmax(captioned.examples(indices, seeds)["embedding"], axis=1))


def test_without_seeds_it_is_always_the_same_text(captioned):
    embeddings = captioned.examples(tf.constant([1, 0, 1], tf.int64))["embedding"].numpy()
    np.testing.assert_array_equal(embeddings[0], embeddings[2])
    np.testing.assert_array_equal(embeddings[1], [1, 0, 0, 0])


def test_other_texts_are_other_data(captioned):
    assert dataclasses.replace(captioned, vectors=2 * captioned.vectors).identity != captioned.identity
    assert dataclasses.replace(captioned, vocabulary=("a", "b", "c", "d")).identity != captioned.identity
    assert dataclasses.replace(captioned).identity == captioned.identity


@pytest.fixture(scope="module")
def digits():
    return data.load(Config(dataset="digit_captions").data, "test")


def test_pictures_of_digits_are_as_their_texts_say(digits):
    batch = digits.examples(tf.range(digits.size, dtype=tf.int64))
    light = (batch["image"].numpy() + 1.0) / 2.0
    words = digits.spec["embedding"].names
    ink = {"thin": [], "thick": []}
    for picture, label, vector in zip(light, batch["label"].numpy(), batch["embedding"].numpy(), strict=True):
        thickness, tint, number = CLASSES[label].split()
        said = {word for word, there in zip(words, vector, strict=True) if there}
        assert {thickness, tint} < said
        assert said & {number, str(label // 6)}
        assert picture.sum(axis=(0, 1)).argmax() == ("red", "green", "blue").index(tint)
        assert (picture.sum(axis=(0, 1)) > 0).sum() == 1
        ink[thickness].append(picture.sum())
    assert np.mean(ink["thick"]) > 1.15 * np.mean(ink["thin"])


def test_the_wordings_of_a_digit_differ_and_say_one_thing():
    assert CLASSES[19] == "thick red three"
    assert len(set(captions_of(19))) == len(WORDINGS) == 5
    vectors = bag_of_words(tf.constant(captions_of(19)), ("thick", "red", "thin", "blue", "green")).numpy()
    np.testing.assert_array_equal(vectors, [[1, 1, 0, 0, 0]] * 5)
