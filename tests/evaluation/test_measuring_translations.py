"""Measures of translations, by drawings that are known to be right or wrong."""

import numpy as np
import pytest

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data.unpaired import Unpaired
from wirgan_tf.evaluation import Instruments, Protocol, evaluate, feature_network
from wirgan_tf.evaluation.examples import CLASS, PARTNER, entries


class Translations:
    """Draws translations of the sources of examples: by `translate`, of the batch of their entries."""

    def __init__(self, source, translate):
        names = ["source"]
        self.conditions = data.conditions_of(source, names)
        self._all, self._translate = data.conditions_of(source, source.spec), translate

    def images(self, seeds, conditions):
        found = self._all(seeds)
        np.testing.assert_array_equal(found["source"], conditions["source"])
        return self._translate(found)


def source_of(name):
    return data.load(Config(dataset=name).data, "test")


@pytest.mark.parametrize(("name", "right"), [
    ("digit_outlines", lambda batch: batch["image"]), ("digit_inverted", lambda batch: -batch["source"])])
def test_errors_to_the_true_partner(name, right):
    source, instruments = source_of(name), Instruments(feature_network("pixels"))
    protocol = Protocol(["l1", "psnr", "ssim"], 20)
    found = evaluate(Translations(source, right), source, instruments, protocol, cache=None)
    assert [result.value for result in found] == pytest.approx([0.0, 100.0, 1.0])
    dark = evaluate(Translations(source, lambda batch: np.full_like(batch["image"], -1.0)), source, instruments,
                    Protocol(["l1"], 20), cache=None)
    partners = right(data.conditions_of(source, source.spec)(np.arange(20)))
    assert dark[0].value == pytest.approx(float(np.mean(partners + 1.0)), rel=1e-5)
    assert (dark[0].conditions, dark[0].features) == ("source of test examples", "partner")


def test_how_far_they_are_after_going_there_and_back():
    source = source_of("digit_inverted")
    instruments = Instruments(feature_network("pixels"), cycle=lambda images, conditions, own: np.abs(
        -images - conditions["source"]).mean(axis=(1, 2, 3)) + 0.25)
    found = evaluate(Translations(source, lambda batch: -batch["source"]), source, instruments,
                     Protocol(["cycle_error"], 20), cache=None)
    assert found[0].value == pytest.approx(0.25)
    with pytest.raises(ValueError, match="cycle_error needs a run whose model translates back"):
        evaluate(Translations(source, lambda batch: -batch["source"]), source, Instruments(feature_network("pixels")),
                 Protocol(["cycle_error"], 20), cache=None)


def test_what_examples_have():
    assert entries([PARTNER, CLASS], source_of("digit_outlines")) == {"partner": "image", "class": "label"}
    assert entries([PARTNER, CLASS], source_of("digit_inverted")) == {"partner": "partner", "class": "source_label"}
    with pytest.raises(ValueError, match=r"a measure needs the true translation of each image: .* has image, label"):
        entries([PARTNER], source_of("digits"))


@pytest.mark.parametrize(("a", "b"), [(30, 50), (50, 30)])
def test_no_image_is_measured_twice(a, b):
    """Of 30 images of one domain and 50 of the other there are as many translations, and as many real images."""
    pictures = np.random.default_rng(0).integers(0, 256, [a + b, 4, 4, 1]).astype(np.uint8)
    domains = [data.ArraySource("random", part, np.zeros(len(part), int), 1) for part in (pictures[:a], pictures[a:])]
    both, seen = Unpaired("both", *domains), []
    protocol = Protocol(["fid"], 1_000, seed=2_000_000)
    found = evaluate(Translations(both, lambda batch: seen.extend(batch["source"]) or -batch["source"]), both,
                     Instruments(feature_network("pixels")), protocol, cache=None)
    assert {(result.num_samples, result.num_real) for result in found} == {(a, b)}
    assert len(np.unique(np.reshape(seen, [a, -1]), axis=0)) == len(seen) == a
