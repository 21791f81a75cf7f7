import io
import os
import shutil

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from PIL import Image
from tensorflow_datasets.datasets.celeb_a import celeb_a_dataset_builder

from tests.data import prepared_folders
from wirgan_tf import data
from wirgan_tf.data import DATASETS
from wirgan_tf.data.celeba import ATTRIBUTES, CelebA
from wirgan_tf.data.cifar10 import Cifar10
from wirgan_tf.data.jitter import Jittered
from wirgan_tf.data.mnist import Mnist
from wirgan_tf.data.prepared import TFRecords, find_builder, open_records

SETS = [("mnist", (28, 28, 1)), ("fashion_mnist", (28, 28, 1)), ("cifar10", (32, 32, 3))]


def write_set(data_dir, name="mnist", shape=(28, 28, 1), **settings):
    train = prepared_folders.labelled_examples(11, shape)
    test = prepared_folders.labelled_examples(3, shape, seed=1)
    folder = prepared_folders.write(data_dir, name, prepared_folders.labelled(shape), {"train": train, "test": test},
                                    **settings)
    return folder, {"train": train, "test": test}


@pytest.mark.parametrize(("name", "shape"), SETS)
@pytest.mark.parametrize("file_format", ["tfrecord", "array_record"])
def test_pixels_and_labels_are_those_that_were_prepared(name, shape, file_format, tmp_path):
    _, splits = write_set(tmp_path, name, shape, file_format=file_format)
    for split, examples in splits.items():
        source = data.load(DATASETS[name](data_dir=str(tmp_path)), split)
        assert (source.name, source.size, source.shape, source.num_classes) == (name, len(examples), shape, 10)
        np.testing.assert_array_equal(source.images, [example["image"] for example in examples])
        np.testing.assert_array_equal(source.labels, [example["label"] for example in examples])
        assert source.images.dtype == np.uint8


@pytest.mark.parametrize("file_format", ["tfrecord", "array_record"])
def test_a_path_is_no_pattern(file_format, tmp_path):
    _, splits = write_set(tmp_path / "sets [2024] of *?", file_format=file_format)
    source = data.load(Mnist(data_dir=str(tmp_path / "sets [2024] of *?")), "train")
    np.testing.assert_array_equal(source.labels, [example["label"] for example in splits["train"]])


def test_jpeg_records(tmp_path):
    features = tfds.features.FeaturesDict({
        "image": tfds.features.Image(shape=(32, 32, 3), encoding_format="jpeg"),
        "label": tfds.features.ClassLabel(num_classes=10), "id": tfds.features.Text()})
    image = np.full((32, 32, 3), (200, 100, 50), np.uint8)
    prepared_folders.write(tmp_path, "cifar10", features, {"train": [{"image": image, "label": 3, "id": "a"}]})
    source = data.load(Cifar10(data_dir=str(tmp_path)), "train")
    np.testing.assert_allclose(source.images[0], image, atol=3)


def test_classes_have_the_names_that_they_were_prepared_with(tmp_path):
    names = ("airplane", "bird", "T-shirt/top")
    features = tfds.features.FeaturesDict({"image": tfds.features.Image(shape=(32, 32, 3), encoding_format="png"),
                                           "label": tfds.features.ClassLabel(names=names)})
    prepared_folders.write(tmp_path, "cifar10", features,
                           {"train": [{"image": np.zeros((32, 32, 3), np.uint8), "label": "T-shirt/top"}]})
    source = data.load(Cifar10(data_dir=str(tmp_path)), "train")
    assert (source.num_classes, source.spec["label"].names, source.labels.tolist()) == (3, names, [2])


@pytest.mark.parametrize(("dataset", "name"), [*((name, name) for name, _ in SETS), ("celeba", "celeb_a")])
def test_what_is_not_prepared_is_named_with_the_command(dataset, name, tmp_path):
    with pytest.raises(FileNotFoundError) as raised:
        data.load(DATASETS[dataset](data_dir=str(tmp_path)), "train")
    assert f"{name} is not prepared in {tmp_path}" in str(raised.value)
    assert str(raised.value).endswith(f"prepare it with: tfds build {name} --data_dir={tmp_path}")
    assert "\n" not in str(raised.value)


def test_the_default_folder_is_that_of_tensorflow_datasets(tmp_path, monkeypatch):
    monkeypatch.setattr(tfds.core.constants, "DATA_DIR", str(tmp_path))
    write_set(tmp_path)
    assert data.load(Mnist(), "train").size == 11


def test_the_newest_complete_version_is_taken(tmp_path):
    for version in ("3.0.1", "3.0.10", "2.9.9"):
        write_set(tmp_path, version=version)
    partial = tmp_path / "mnist" / "9.0.0.incompleteAB12"
    partial.mkdir()
    (partial / "dataset_info.json").write_text("{}")
    assert str(find_builder("mnist", str(tmp_path)).version) == "3.0.10"


@pytest.fixture
def shards(tmp_path):
    """7 records of different lengths in 3 files, one of them with one record only."""
    records = [b"a", b"", b"c" * 1000, b"d" * 17, b"e", b"f" * 5, b"g" * 70_000]
    paths = []
    for number, part in enumerate([records[:3], records[3:4], records[4:]]):
        paths.append(tmp_path / f"{number}.tfrecord")
        with tf.io.TFRecordWriter(str(paths[-1])) as writer:
            for record in part:
                writer.write(record)
    return paths, records


def test_tfrecords_by_index(shards):
    paths, records = shards
    opened = TFRecords(paths)
    assert len(opened) == 7
    assert [opened[index] for index in (6, 0, 3, 2, 1, 5, 4)] == [records[index] for index in (6, 0, 3, 2, 1, 5, 4)]
    assert list(opened) == records
    with pytest.raises(IndexError):
        opened[7]


@pytest.mark.parametrize("bytes_lost", [1, 3, 4, 100, 70_000, 70_005])
def test_a_cut_tfrecord_is_found(shards, bytes_lost):
    paths, _ = shards
    os.truncate(paths[-1], paths[-1].stat().st_size - bytes_lost)
    with pytest.raises(ValueError, match=r"2\.tfrecord ends within a record; delete its folder and prepare"):
        TFRecords(paths)


def test_a_missing_record_is_found(tmp_path):
    folder, _ = write_set(tmp_path)
    last = sorted(folder.glob("mnist-train.tfrecord-*"))[-1]
    with tf.io.TFRecordWriter(str(last)) as writer:
        writer.write(b"only one")
    with pytest.raises(ValueError, match=r"split train in .* has 9 records and should have 11"):
        data.load(Mnist(data_dir=str(tmp_path)), "train")


def test_other_file_formats_are_refused(tmp_path):
    folder, _ = write_set(tmp_path)
    info = folder / "dataset_info.json"
    info.write_text(info.read_text().replace('"tfrecord"', '"riegeli"'))
    with pytest.raises(ValueError, match=r"is prepared as riegeli; prepare it with --file_format=tfrecord or"):
        open_records(find_builder("mnist", str(tmp_path)), "train")


def faces(first: int, count: int) -> list[dict]:
    """178x218 pictures, grey of their own in the middle, white in the 20 rows above and below."""
    pictures = []
    for number in range(first, first + count):
        pixels = np.full((218, 178, 3), 255, np.uint8)
        pixels[20:198] = 20 * number
        encoded = io.BytesIO()
        Image.fromarray(pixels).save(encoded, "PNG")
        attributes = {"Male": number % 2, "Smiling": number < 3, "Young": True}
        pictures.append({"image": encoded.getvalue(), "identity": number, "attributes": attributes})
    return pictures


@pytest.fixture(params=["tfrecord", "array_record"])
def celeba(tmp_path, request, monkeypatch):
    """10 faces: 6 + 2 + 2, of which the first 7 are to train on."""
    features = tfds.features.FeaturesDict({
        "image": tfds.features.Image(shape=(218, 178, 3), encoding_format="jpeg"), "identity": np.int64,
        "attributes": dict.fromkeys(("Male", "Smiling", "Young"), np.bool_)})
    splits = {"train": faces(0, 6), "validation": faces(6, 2), "test": faces(8, 2)}
    prepared_folders.write(tmp_path, "celeb_a", features, splits, version="2.1.0", file_format=request.param)
    monkeypatch.setattr("wirgan_tf.data.celeba.FACES", 10)
    monkeypatch.setattr("wirgan_tf.data.celeba.TRAIN_FACES", 7)
    return tmp_path


@pytest.mark.parametrize("size", [0, 128])
def test_celeba(celeba, size):
    config = CelebA(data_dir=str(celeba), image_size=size)
    for split, numbers in (("train", range(7)), ("test", range(7, 10))):
        source = data.load(config, split)
        assert (source.size, source.shape, source.num_classes) == (len(numbers), (size or 64, size or 64, 3), 0)
        images = np.concatenate([batch["image"] for batch in data.batches_in_order(source, 2).as_numpy_iterator()])
        # The white rows are cropped, and every face is where the paper's split puts it.
        np.testing.assert_allclose(images, np.broadcast_to(
            np.array([20 * number / 127.5 - 1 for number in numbers])[:, None, None, None], images.shape), atol=1e-6)
    element = next(data.training_batches(data.load(config, "train"), batch_size=4, batches=2, seed=0)
                   .as_numpy_iterator())
    assert element["image"].shape == (2, 4, size or 64, size or 64, 3)


def test_the_identity_of_celeba(celeba, tmp_path):
    shutil.copytree(celeba / "celeb_a", tmp_path / "copy" / "celeb_a")
    sources = [data.load(CelebA(data_dir=str(folder), image_size=size), split)
               for folder, size, split in ((celeba, 64, "train"), (tmp_path / "copy", 64, "train"),
                                           (celeba, 128, "train"), (celeba, 64, "test"))]
    identities = [source.identity for source in sources]
    assert identities[0] == identities[1]
    assert len(set(identities)) == 3
    assert sources[3].example_keys() == [b"7", b"8", b"9"]


def test_the_attributes_of_celeba(celeba):
    """As they are asked for, with each face; looking them up decodes no face, and the faces stay the same data."""
    plain, asked = (data.load(CelebA(data_dir=str(celeba), attributes=names), "test") for names in (
        "", "Smiling,Male"))
    assert "attributes" not in plain.spec
    assert (asked.spec["attributes"].shape, asked.spec["attributes"].names) == ((2,), ("Smiling", "Male"))
    assert asked.identity == plain.identity
    batch = next(iter(data.batches_in_order(asked, 3)))
    assert batch["image"].shape == (3, 64, 64, 3)
    np.testing.assert_array_equal(batch["attributes"], [[0, 1], [0, 0], [0, 1]])  # of the faces 7, 8, 9
    train = data.load(CelebA(data_dir=str(celeba), attributes="Smiling"), "train")
    object.__setattr__(train, "read", None)
    drawn = data.conditions_of(train, ["attributes"])(np.arange(7))["attributes"]
    assert (drawn.shape, drawn.dtype, drawn.sum()) == ((7, 1), np.float32, 3)


def test_the_names_of_attributes():
    assert tuple(celeb_a_dataset_builder.ATTR_HEADINGS) == ATTRIBUTES
    assert CelebA(attributes="Male, Smiling").attribute_names == ("Male", "Smiling")
    for names, message in (("Male,smilling", r"^attributes=Male,smilling: unknown attribute 'smilling'; did you mean "
                                             r"'Smiling'\?$"),
                           ("Zyx", "unknown attribute 'Zyx'; the choices are 5_o_Clock_Shadow, "),
                           ("Male,", "unknown attribute ''"), ("Male,Male", "Male is there twice")):
        with pytest.raises(ValueError, match=message):
            CelebA(attributes=names)


def test_colours_of_hair_are_exclusive():
    groups = [CelebA(attributes=names).attribute_groups for names in ("Male,Black_Hair,Young,Blond_Hair",
                                                                      "Male,Black_Hair", "")]
    assert groups == [(("Black_Hair", "Blond_Hair"),), (), ()]


def test_faces_are_mirrored_in_training_alone(celeba):
    plain, mirrored = (CelebA(data_dir=str(celeba), attributes="Smiling,Young", flip=flip) for flip in (False, True))
    train = data.load(mirrored, "train")
    assert isinstance(train, Jittered)
    assert train.flip
    assert train.identity == data.load(plain, "train").identity
    batches = [next(data.training_batches(source, batch_size=8, batches=1, seed=0).as_numpy_iterator())
               for source in (train, data.load(plain, "train"))]
    for name in ("image", "attributes"):  # each face is of one grey
        np.testing.assert_array_equal(batches[0][name], batches[1][name])
    assert not isinstance(data.load(mirrored, "test"), Jittered)


def test_an_incomplete_celeba_is_refused(celeba, monkeypatch):
    monkeypatch.setattr("wirgan_tf.data.celeba.FACES", 202_599)
    with pytest.raises(ValueError, match=r"holds 10 faces and CelebA has 202599; delete the folder and prepare"):
        data.load(CelebA(data_dir=str(celeba)), "train")
