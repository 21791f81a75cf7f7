import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tests.data import prepared_folders
from wirgan_tf import data
from wirgan_tf.config import Config

COUNTS = {"trainA": 5, "trainB": 7, "testA": 2, "testB": 3}


def load(folder, split="train", **settings):
    config = Config(dataset="cycle_gan", data_dir=str(folder), image_size=16, pictures="maps", **settings)
    return data.load(config.data, split)


@pytest.fixture
def maps(tmp_path):
    features = tfds.features.FeaturesDict({"image": tfds.features.Image(shape=(None, None, 3), encoding_format="png"),
                                           "label": tfds.features.ClassLabel(names=["A", "B"])})
    splits = {split: [{"image": np.full((20, 18, 3), 10 * number + place, np.uint8), "label": split[-1]}
                      for place in range(count)] for number, (split, count) in enumerate(COUNTS.items())}
    prepared_folders.write(tmp_path, "cycle_gan/maps", features, splits, version="3.0.0")
    return tmp_path


def numbers(source, name):
    images = source.examples(tf.range(source.size))[name].numpy()
    return np.round((images[:, 3, 3, 0] + 1) * 127.5).astype(int).tolist()


def test_domains_are_those_of_the_splits(maps):
    train, test = load(maps), load(maps, "test")
    assert (numbers(train, "source"), numbers(train, "image")) == ([0, 1, 2, 3, 4, 0, 1], [*range(10, 17)])
    assert (numbers(test, "source"), numbers(test, "image")) == ([20, 21, 20], [30, 31, 32])
    assert train.shape == (16, 16, 3)
    assert train.identity != test.identity


def test_training_images_are_jittered(maps):
    assert load(maps, jitter=2, flip=True).a.larger.shape == (18, 18, 3)


def test_what_is_not_prepared(tmp_path):
    with pytest.raises(FileNotFoundError, match="prepare it with: tfds build cycle_gan/maps --data_dir="):
        load(tmp_path)
