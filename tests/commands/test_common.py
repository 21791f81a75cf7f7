"""What commands share."""

import logging

import pytest

from wirgan_tf.commands.common import exported_config
from wirgan_tf.commands.evaluate import Evaluate
from wirgan_tf.config import Config


@pytest.mark.parametrize(("dataset", "has_classes", "said"), [
    ("mnist_32_padded", True, "; for better features: --mode=train_classifier --dataset=mnist --image_size=32 --pad"),
    ("image_folder", False, ", for there is no classifier of such images"),
    ("arrays_of_mine", True, ", for there is no classifier of such images")])
def test_a_classifier_is_advised_where_one_can_be_trained(dataset, has_classes, said, tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        assert Evaluate(classifiers=str(tmp_path)).feature_network(dataset, has_classes).name == "pixels"
    assert caplog.messages == [f"measuring by pixels{said}"]


@pytest.mark.parametrize("share", [0.0, 0.02])
def test_an_export_is_measured_on_the_validation_images_of_its_run(share):
    """By its name in a size of its own, under which classifiers and statistics know it."""
    metadata = {"dataset": "digits", "shape": [16, 16, 1], "data_settings": {"image_size": 16},
                "config": Config(dataset="digits", image_size=16, validation_share=share).to_json()}
    config = exported_config(metadata, "")
    assert config.validation_share == share
    assert config.data.source_name == "digits_16"
