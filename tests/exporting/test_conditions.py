"""An export of a model with conditions, as TensorFlow Serving runs it and as this package does."""

import numpy as np
import pytest

from tests.exporting import sessions
from tests.exporting.test_warmup import answers_of
from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.exporting import ExportedGenerator, export_generator
from wirgan_tf.exporting.signatures import Signatures
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler

SEEDS, LABELS, ATTRIBUTES = np.array([5, 6, -7]), np.array([1, 1, 9]), np.array([[0, 0], [1, 0], [1, 1]], np.float32)
CONDITIONS = {"label": LABELS, "attributes": ATTRIBUTES}


def rows(**changes):
    return {"seed": SEEDS, "truncation": np.ones(3, np.float32), **CONDITIONS, **changes}


def noise(**changes):
    return {"z": np.zeros([3, 3], np.float32), **CONDITIONS, **changes}


REFUSED = {
    "labels": ("sample_rows", rows(label=LABELS[:1]), "expected a row of label for each seed, got] [1] [for] [3]"),
    "attributes": ("refine_rows", rows(attributes=ATTRIBUTES[:2]),
                   "expected a row of attributes for each seed, got] [2] [for] [3]"),
    "of noise": ("serving_default", noise(label=LABELS[:1]), "expected a row of label for each z, got] [1] [for] [3]"),
    "a label out of range": ("sample_rows", rows(label=np.array([1, 10, -1])), "label must be 0 to 9, got] [10 -1]"),
    "a label of noise": ("serving_default", noise(label=np.array([1, 1, 10])), "label must be 0 to 9, got] [10]"),
    "attributes out of range": ("png_rows", rows(attributes=ATTRIBUTES * np.float32(1.5)),
                                "attributes must be 0 to 1, got] [1.5 1.5 1.5]"),
    "attributes that are no number": ("refine_rows", rows(attributes=np.full([3, 2], np.nan, np.float32)),
                                      "attributes must be 0 to 1, got]"),
    "no rows": ("sample_rows", {name: value[:0] for name, value in rows().items()},
                "expected 1 to 1024 rows, got] [0]"),
}


@pytest.fixture(scope="module")
def served(labelled):
    """Answers by question."""
    questions = {name: (name, rows()) for name in ("sample_rows", "refine_rows", "png_rows", "refine_png_rows")}
    questions |= {"serving_default": ("serving_default", noise()),
                  "other label": ("sample_rows", rows(label=np.array([2, 1, 9]))),
                  "names": ("attributes_names_rows", {"seed": SEEDS}),
                  "latents_rows": ("latents_rows", {"seed": SEEDS, "truncation": np.full(3, 0.5, np.float32)})}
    questions |= {name: question[:2] for name, question in REFUSED.items()}
    answers = sessions.answers([(labelled[1], list(questions.values()))])
    return {name: answer for name, (_, answer) in zip(questions, answers, strict=True)}


def test_every_signature_draws_by_conditions(labelled, served):
    canvases = Sampler(labelled[0]).canvases(SEEDS, CONDITIONS).swapaxes(0, 1)
    np.testing.assert_allclose(served["sample_rows"], canvases[:, -1], atol=1e-6)
    np.testing.assert_allclose(served["refine_rows"], canvases, atol=1e-6)
    assert served["refine_png_rows"].shape == (3, 1)
    np.testing.assert_array_equal(served["png_rows"], served["refine_png_rows"][:, -1])
    drawn = labelled[0].draw(labelled[0].sampled_generators, {"z": noise()["z"]}, CONDITIONS)
    np.testing.assert_allclose(served["serving_default"], drawn["image"], atol=1e-6)
    assert served["latents_rows"].shape == (3, 3)
    assert served["names"].tolist() == [[b"upper", b"left"]] * 3


def test_a_condition_changes_its_own_row_alone(served):
    changed = np.abs(served["other label"] - served["sample_rows"]).max(axis=(1, 2, 3))
    assert changed[0] > 0.01
    np.testing.assert_allclose(changed[1:], 0, atol=1e-6)


@pytest.mark.parametrize("asked", REFUSED)
def test_what_is_out_of_range_is_refused_in_the_graph(served, asked):
    assert REFUSED[asked][2] in served[asked]


def test_conditions_of_an_export_are_passed_or_chosen(labelled):
    chosen = ExportedGenerator(labelled[1], default_conditions=lambda seeds: {
        "label": seeds % 10, "attributes": np.zeros([len(seeds), 2])})
    assert {name: tuple(spec.shape) for name, spec in chosen.condition_specs.items()} == {
        "label": (), "attributes": (2,)}
    seeds = np.arange(70)  # two calls
    images = chosen.images(seeds)
    np.testing.assert_allclose(images, chosen.images(seeds, chosen.conditions(seeds)), atol=0)
    np.testing.assert_allclose(images[65:], Sampler(labelled[0]).images(seeds[65:], chosen.conditions(seeds[65:])),
                               atol=1e-6)
    assert chosen.canvases(seeds[:3]).shape == (1, 3, 8, 8, 1)


@pytest.mark.parametrize(("conditions", "message"), [
    (None, "samples of this model depend on label, attributes; pass them as conditions"),
    ({"label": LABELS}, "conditions label were passed, expected label, attributes"),
    (CONDITIONS | {"label": LABELS + 1}, "condition label is 10; expected 0 to 9"),
    (CONDITIONS | {"attributes": -ATTRIBUTES}, "condition attributes is -1.0; expected 0 to 1"),
    (CONDITIONS | {"label": LABELS[:2]}, r"condition label has shape \[2\]; expected \[3\]"),
    (CONDITIONS | {"attributes": np.zeros([3, 4])}, r"condition attributes has shape \[3, 4\]; expected \[3, 2\]"),
])
def test_conditions_that_do_not_fit(labelled, conditions, message):
    with pytest.raises(ValueError, match=message):
        ExportedGenerator(labelled[1]).images(SEEDS, conditions)


def test_labels_of_a_data_set(labelled):
    """Consecutive seeds have the labels of examples in a shuffled order, each of them once."""
    digits = data.load(labelled[2], "test")
    labels = data.conditions_of(digits, ["label", "attributes"])(np.arange(digits.size))["label"]
    np.testing.assert_array_equal(np.sort(labels), np.sort(digits.labels))


def test_a_condition_may_not_have_the_name_of_another_input(labelled, monkeypatch):
    monkeypatch.setattr(labelled[0], "data_conditions", {"truncation": labelled[0].conditions["label"]})
    with pytest.raises(ValueError, match="the condition truncation has the name of another input of the signatures"):
        Signatures(labelled[0])


def test_classes_by_name(pets):
    model, folder = pets
    asked = {"seed": SEEDS, "truncation": np.ones(3, np.float32)}
    names = np.array(["dog", "Käfer".encode(), "cat"], object)
    wrong = np.array(["dog", "cow", "2"], object)
    answers = sessions.answers([(folder, [
        ("sample_by_name_rows", asked | {"label": names}), ("sample_by_name_rows", asked | {"label": wrong}),
        ("label_names_rows", {"seed": SEEDS[:1]})])])
    (_, images), (error, message), (_, told) = answers
    np.testing.assert_allclose(images, Sampler(model).images(SEEDS, {"label": [1, 2, 0]}), atol=1e-6)
    assert (error, told.tolist()) == ("error", [[b"cat", b"dog", "Käfer".encode()]])
    assert "label must be one of cat, dog, Käfer, got] [cow 2]" in message
    warm = answers_of(folder)
    assert (warm["png_by_name_rows"], warm["label_names_rows"]) == (("png_bytes", (1,)), ("names", (1, 3)))


def test_an_export_alone_draws_labels_as_frequent_as_in_training(pets):
    generator, seeds = ExportedGenerator(pets[1]), np.arange(100, 106)
    labels = generator.conditions(seeds)["label"]
    for first in (0, 600):  # whole epochs of 1 + 3 + 2
        assert np.bincount(generator.conditions(np.arange(first, first + 60))["label"]).tolist() == [10, 30, 20]
    np.testing.assert_allclose(generator.images(seeds), Sampler(pets[0]).images(seeds, {"label": labels}), atol=1e-6)


def test_codes_that_are_asked_for_replace_drawn_ones(tmp_path, uncompiled):
    """As a bulk job asks for them: by the conditions of its seeds."""
    config = Config(model="infogan", network="convolutional", width=2, latent=3, categories=3)
    model = build_model(config, (8, 8, 1))
    version = export_generator(model, config, tmp_path / "codes")
    seeds = np.arange(12)
    asked = ExportedGenerator(version, lambda seeds: {"category": np.full(len(seeds), 2)}).conditions(seeds)
    drawn = ExportedGenerator(version).conditions(seeds)
    assert asked["category"].tolist() == [2] * 12
    assert len(set(drawn["category"].tolist())) > 1
    np.testing.assert_array_equal(asked["codes"], drawn["codes"])
