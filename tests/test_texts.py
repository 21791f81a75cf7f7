"""Texts as bags of words."""

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.texts import bag_of_words, unknown_words, vocabulary_of, words_of

WORDS = ("don't", "käfer", "red", "thick")


@pytest.mark.parametrize(("text", "expected"), [
    ("thick red", [0, 0, 1, 1]), ("Red, THICK; red!", [0, 0, 1, 1]), ("KÄFER-red", [0, 1, 1, 0]),
    ("don't redden", [1, 0, 0, 0]), ("", [0, 0, 0, 0]), ("  blue  ", [0, 0, 0, 0])])
def test_a_bag_has_the_words_that_are_there(text, expected):
    np.testing.assert_array_equal(bag_of_words(tf.constant(["red", text]), WORDS), [[0, 0, 1, 0], expected])


def test_the_vocabulary_is_the_words_in_most_texts():
    texts = ["a red red red", "a blue", "a blue sky", "sky"]
    assert vocabulary_of(texts, most=3) == ("a", "blue", "sky")
    assert vocabulary_of(texts, most=10) == ("a", "blue", "red", "sky")


def test_words_that_are_not_known():
    assert words_of(["It's 3, isn't it?"]) == [["it's", "3", "isn't", "it"]]
    assert unknown_words("A pink, pink thick one", WORDS) == ["a", "pink", "one"]
