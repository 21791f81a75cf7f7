"""Attributes that were asked for against those that a judge finds."""

import numpy as np
import pytest

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data import ArraySource
from wirgan_tf.evaluation import Instruments, Protocol, attribute_accuracy, evaluate, feature_network, load_classifier
from wirgan_tf.evaluation.classifier import Classifier, train_classifier

PIXELS = feature_network("pixels")


@pytest.fixture(scope="module")
def tints():
    return data.load(Config(dataset="digit_tints").data, "test")


class Reading(Classifier):
    """Reads tints by the brightest channel, and thick strokes by the share of ink."""

    def features(self, images):
        ink = (images + 1) / 2
        channels = ink.mean(axis=(1, 2))
        return np.column_stack([channels, channels.max(axis=1) - 0.2]), None

    __call__ = features
    hash = "0"
    shape = (16, 16, 3)


JUDGE = Reading("digit_tints", None, 1.0, 0, "attributes", ("red", "green", "blue", "thick"))


class Painted:
    """Draws a square of ink by the attributes of examples, as `change` turns them."""

    def __init__(self, source, change=lambda attributes: attributes):
        self.conditions, self._change = data.conditions_of(source, ["attributes"]), change

    def images(self, seeds, conditions):
        made = self._change(conditions["attributes"])
        images = np.full([len(made), 16, 16, 3], -1.0, np.float32)
        for image, (*tint, thick) in zip(images, made, strict=True):
            image[:, :8 if thick else 1, int(np.argmax(tint))] = 1.0
        return images


@pytest.mark.parametrize(("change", "expected"), [
    (lambda asked: asked, {"red/green/blue": 1.0, "thick": 1.0}),
    (lambda asked: np.column_stack([asked[:, :3], 1 - asked[:, 3]]), {"red/green/blue": 1.0, "thick": 0.0}),
    (lambda asked: np.column_stack([asked[:, [1, 2, 0]], asked[:, 3]]), {"red/green/blue": 0.0, "thick": 1.0})])
def test_right_and_wrong_paintings(tints, change, expected):
    (found,) = evaluate(Painted(tints, change), tints, Instruments(PIXELS, attributes=JUDGE),
                        Protocol(["attribute_accuracy"], 30), cache=None)
    assert found.by_class == expected
    assert found.value == np.mean(list(expected.values()))
    assert found.name == "attribute_accuracy_30_digit_tints_attributes"
    assert found.conditions == "attributes of test examples"


def test_who_was_asked_for_none_of_a_group_is_left_out():
    """As bald people of colours of hair: one of two others is right."""
    found = attribute_accuracy([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]], [[0, 0], [1, 0], [0, 1]], [[0, 1]])
    assert (found.value, found.classes.tolist()) == (0.5, [0.5])
    none = attribute_accuracy([[1.0, 0.0, 2.0]], [[0, 0, 1]], [[0, 1]])
    assert none.value == 1.0
    assert np.isnan(none.classes[0])
    with pytest.raises(ValueError, match="logits has 3, attributes has 2"):
        attribute_accuracy(np.zeros([1, 3]), np.zeros([1, 2]), [])


def test_a_judge_is_trained_and_kept(tmp_path):
    """Bright or dark, and which half: both are learnt, one as a group."""
    drawn = np.random.RandomState(0).randint(0, 2, [96, 2])
    images = np.full([96, 8, 8, 1], -1.0, np.float32)
    for image, (bright, left) in zip(images, drawn, strict=True):
        image[:, :4] = image[:, :4] + (1.0 + bright if left else 0.0)
        image[:, 4:] = image[:, 4:] + (0.0 if left else 1.0 + bright)
    attributes = np.column_stack([drawn[:, 1], 1 - drawn[:, 1], drawn[:, 0]])
    source = ArraySource("halves", images, attributes=attributes, attribute_names=("left", "right", "bright"),
                         attribute_groups=(("left", "right"),))
    judge = train_classifier(source, source, reads="attributes", epochs=8, batch_size=16, progress=False)
    assert judge.accuracy >= 0.95
    judge.save(tmp_path)
    again = load_classifier("halves", tmp_path, reads="attributes")
    assert (again.hash, again.attributes, again.name) == (judge.hash, ("left", "right", "bright"), "attributes:halves")
    with pytest.raises(FileNotFoundError, match=r"no classifier of the attributes of faces .*--reads=attributes"):
        load_classifier("faces", tmp_path, reads="attributes")
    with pytest.raises(ValueError, match="'halves' has no labels"):
        train_classifier(source, source)


def test_judges_that_cannot_judge(tints):
    asked = Protocol(["attribute_accuracy"], 10)
    with pytest.raises(ValueError, match="attribute_accuracy needs a data set with attributes, and a classifier of"):
        evaluate(Painted(tints), tints, Instruments(PIXELS), asked, cache=None)
    other = Reading("digit_tints", None, 1.0, 0, "attributes", ("thick",))
    with pytest.raises(ValueError, match="attributes:digit_tints knows the attributes thick, and these images of "
                                         "'digit_tints' have red, green, blue, thick; train it again"):
        evaluate(Painted(tints), tints, Instruments(PIXELS, attributes=other), asked, cache=None)
    digits = data.load(Config(dataset="digits").data, "test")
    with pytest.raises(ValueError, match="'digits' has no attributes to train a classifier of them on"):
        train_classifier(digits, digits, reads="attributes")
