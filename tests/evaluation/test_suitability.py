"""Whether a classifier can judge images of its own data set's name."""

import dataclasses

import numpy as np
import pytest

from wirgan_tf.data import ArraySource
from wirgan_tf.evaluation import Judged, check_suits, difference_of_data, feature_network, load_classifier
from wirgan_tf.evaluation import train_classifier as train
from wirgan_tf.evaluation.classifier import Classifier, build_network

NAMES = {"label": ("cat", "dog")}
CLASSIFIER = Classifier("image_folder", build_network((8, 8, 3), 2, seed=0), 0.5, 0, classes=("cat", "dog"),
                        identity={"train": "a" * 64, "test": "b" * 64})
OTHER_CLASSES = ("classifier:image_folder knows the classes cat, dog, and these images of 'image_folder' have {}")


@pytest.mark.parametrize(("images", "said"), [
    (Judged("image_folder", (8, 8, 3), NAMES), ""),
    (Judged("image_folder", (8, 8, 3)), ""),
    (Judged("image_folder", (8, 8, 3), NAMES, {"train": "a" * 64, "test": "other"}), ""),
    (Judged("image_folder", (8, 8, 3), NAMES, {"validation": "c" * 64}), ""),
    (Judged("image_folder", (16, 16, 3), NAMES), "classifier:image_folder is of images of shape [8, 8, 3], and these "
                                                 "of 'image_folder' have [16, 16, 3]"),
    (Judged("image_folder", (8, 8, 3), {"label": ("cat", "cow")}), OTHER_CLASSES.format("cat, cow")),
    (Judged("image_folder", (8, 8, 3), {}), OTHER_CLASSES.format("none")),
    (Judged("image_folder", (8, 8, 3), NAMES, {"train": "c" * 64}),
     "classifier:image_folder was trained on other images of the name 'image_folder': its train images hash to "
     "aaaaaaaaaaaa, and these to cccccccccccc"),
    (Judged("image_folder", (8, 8, 3), NAMES, {"test": "c" * 64}),
     "classifier:image_folder was trained on other images of the name 'image_folder': its test images hash to "
     "bbbbbbbbbbbb, and these to cccccccccccc"),
])
def test_what_differs_is_said(images, said):
    assert difference_of_data(CLASSIFIER, images) == said
    assert difference_of_data(feature_network("pixels"), images) == ""


def test_files_from_before_judge_any_data_of_their_classes():
    of_other_data = Judged("image_folder", (8, 8, 3), NAMES, {"train": "c" * 64})
    assert difference_of_data(dataclasses.replace(CLASSIFIER, identity={}), of_other_data) == ""


def test_who_asks_for_a_classifier_may_have_that_of_other_data():
    check_suits(CLASSIFIER, Judged("image_folder", (8, 8, 3), NAMES, {"train": "c" * 64}))


def test_another_size_is_refused_with_the_ways_out():
    with pytest.raises(ValueError, match=r"^classifier:image_folder is of images of shape \[8, 8, 3\], and these of "
                                         r"'image_folder' have \[16, 16, 3\]; train it again with "
                                         r"--mode=train_classifier --dataset=image_folder --image_size=16 "
                                         r"--data_dir=\.\.\., give another folder of --classifiers, or use "
                                         r"--features=pixels$"):
        check_suits(CLASSIFIER, Judged("image_folder", (16, 16, 3), NAMES))


def test_other_attributes_are_refused():
    reader = Classifier("faces", build_network((8, 8, 3), 1, seed=0), 0.5, 0, reads="attributes",
                        attributes=("smiling",))
    with pytest.raises(ValueError, match=r"^attributes:faces knows the attributes smiling, and these images of 'faces' "
                                         r"have young; .*--reads=attributes and the attributes of the run"):
        check_suits(reader, Judged("faces", (8, 8, 3), {"attributes": ("young",)}))


def test_a_classifier_keeps_the_identity_of_its_data(tmp_path):
    first, second = (ArraySource("toy", np.full((4, 8, 8, 1), value, np.float32), np.arange(4) % 2, 2)
                     for value in (0.0, 0.5))
    train(first, second, epochs=1, progress=False).save(tmp_path)
    assert load_classifier("toy", tmp_path).identity == {"train": first.identity, "test": second.identity}
