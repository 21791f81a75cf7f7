"""What commands share."""

import logging

import pytest

from wirgan_tf.commands.evaluate import Evaluate


@pytest.mark.parametrize(("dataset", "has_classes", "said"), [
    ("mnist_32_padded", True, "; for better features: --mode=train_classifier --dataset=mnist --image_size=32 --pad"),
    ("image_folder", False, ", for there is no classifier of such images"),
    ("arrays_of_mine", True, ", for there is no classifier of such images")])
def test_a_classifier_is_advised_where_one_can_be_trained(dataset, has_classes, said, tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        assert Evaluate(classifiers=str(tmp_path)).feature_network(dataset, has_classes).name == "pixels"
    assert caplog.messages == [f"measuring by pixels{said}"]
