import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf.bulk.formats import FORMATS

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 5, 4, 3))


def read(path):
    return [tf.train.Example.FromString(record.numpy()).features.feature
            for record in tf.data.TFRecordDataset(str(path))]


def test_images_as_tfrecords(tmp_path):
    with FORMATS["tfrecord"].writer(tmp_path / "shard") as write:
        write(IMAGES[:2] / 127.5 - 1, np.array([7, 8]), {})
        write(IMAGES[2:] / 127.5 - 1, np.array([2**60]), {})
    examples = read(tmp_path / "shard")
    assert [list(example["seed"].int64_list.value) for example in examples] == [[7], [8], [2**60]]
    for example, image in zip(examples, IMAGES, strict=True):
        png, = example["image"].bytes_list.value
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png))), image)


def test_points_as_tfrecords(tmp_path):
    points = np.array([[0.1, -3.5], [2.25, 1e-9]], np.float32)
    with FORMATS["tfrecord"].writer(tmp_path / "shard") as write:
        write(points, np.array([-1, 0]), {})
    examples = read(tmp_path / "shard")
    np.testing.assert_array_equal(np.array([example["point"].float_list.value for example in examples], np.float32),
                                  points)
    assert [example["seed"].int64_list.value[0] for example in examples] == [-1, 0]


def test_conditions_stand_beside_their_samples(tmp_path):
    conditions = {"label": np.array([3, 9]), "attributes": np.array([[0.0, 1.0], [0.5, 0.0]], np.float32)}
    with FORMATS["tfrecord"].writer(tmp_path / "shard") as write:
        write(np.zeros([2, 2], np.float32), np.array([7, 8]), conditions)
    examples = read(tmp_path / "shard")
    assert [example["label"].int64_list.value[0] for example in examples] == [3, 9]
    assert [list(example["attributes"].float_list.value) for example in examples] == [[0.0, 1.0], [0.5, 0.0]]


@pytest.mark.parametrize("channels", [1, 3])
def test_images_as_files(tmp_path, channels):
    images = IMAGES[..., :channels]
    with FORMATS["png"].writer(tmp_path / "shard") as write:
        write(images / 127.5 - 1, np.array([-4, 5, 6]), {})
    assert sorted(path.name for path in (tmp_path / "shard").iterdir()) == ["-4.png", "5.png", "6.png"]
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "shard" / "-4.png")).reshape(5, 4, channels),
                                  images[0])
