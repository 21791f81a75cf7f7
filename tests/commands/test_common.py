"""What commands share."""

import logging

import numpy as np
import pytest

from wirgan_tf import evaluation
from wirgan_tf.commands.common import exported_config
from wirgan_tf.commands.evaluate import Evaluate
from wirgan_tf.config import Config
from wirgan_tf.data import ArraySource
from wirgan_tf.evaluation.classifier import build_network


@pytest.mark.parametrize(("dataset", "has_classes", "said"), [
    ("mnist_32_padded", True, "; for better features: --mode=train_classifier --dataset=mnist --image_size=32 --pad"),
    ("image_folder", False, ", for there is no classifier of such images"),
    ("arrays_of_mine", True, ", for there is no classifier of such images")])
def test_a_classifier_is_advised_where_one_can_be_trained(dataset, has_classes, said, tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        images = evaluation.Judged(dataset, (32, 32, 1), {"label": ("0", "1")} if has_classes else {})
        assert Evaluate(classifiers=str(tmp_path)).feature_network(images).name == "pixels"
    assert caplog.messages == [f"measuring by pixels{said}"]


def folder_of(size, classes=("cat", "dog"), value=0):
    """A folder of images, 20 of each class."""
    return ArraySource("image_folder", np.full((40, size, size, 3), value, np.float32), np.arange(40) % len(classes),
                       class_names=classes)


@pytest.fixture(scope="module")
def classifiers(tmp_path_factory):
    """A folder with the classifier of one folder of images."""
    folder, source = tmp_path_factory.mktemp("classifiers"), folder_of(8)
    evaluation.Classifier("image_folder", build_network((8, 8, 3), 2, seed=0), 0.5, 0, classes=("cat", "dog"),
                          identity={"train": source.identity}).save(folder)
    return str(folder)


@pytest.mark.parametrize(("source", "difference"), [
    (folder_of(16), "is of images of shape [8, 8, 3], and these of 'image_folder' have [16, 16, 3]"),
    (folder_of(8, ("cat", "cow")), "knows the classes cat, dog, and these images of 'image_folder' have cat, cow"),
    (folder_of(8, value=1), "was trained on other images of the name 'image_folder': its train images hash to ")])
def test_the_classifier_of_another_folder_is_passed_over(source, difference, classifiers, caplog):
    with caplog.at_level(logging.WARNING):
        found = Evaluate(classifiers=classifiers).instruments(source, {"train": source.identity})
    assert found.network.name == "pixels"
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith(f"measuring by pixels: classifier:image_folder {difference}")
    assert caplog.messages[0].endswith(
        f" (in {classifiers}); to train one of them: --mode=train_classifier --dataset=image_folder "
        f"--image_size={source.shape[0]} --data_dir=..., into another folder of --classifiers")


@pytest.mark.parametrize("value", [0, 1])
def test_the_classifier_that_is_asked_for_is_taken_where_size_and_classes_fit(value, classifiers):
    source = folder_of(8, value=value)
    asked = Evaluate(classifiers=classifiers, features="classifier:image_folder")
    assert asked.instruments(source, {"train": source.identity}).network.name == "classifier:image_folder"


def test_the_classifier_that_is_asked_for_is_refused_for_another_size(classifiers):
    asked = Evaluate(classifiers=classifiers, features="classifier:image_folder")
    with pytest.raises(ValueError, match=r"^classifier:image_folder is of images of shape \[8, 8, 3\].*; train it "
                                         r"again with .* --image_size=16 "):
        asked.instruments(folder_of(16), {})


@pytest.mark.parametrize("share", [0.0, 0.02])
def test_an_export_is_measured_on_the_validation_images_of_its_run(share):
    """By its name in a size of its own, under which classifiers and statistics know it."""
    metadata = {"dataset": "digits", "shape": [16, 16, 1], "data_settings": {"image_size": 16},
                "config": Config(dataset="digits", image_size=16, validation_share=share).to_json()}
    config = exported_config(metadata, "")
    assert config.validation_share == share
    assert config.data.source_name == "digits_16"
