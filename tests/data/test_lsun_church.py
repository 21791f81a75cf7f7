import io
import shutil
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf import data
from wirgan_tf.data.lsun_church import LsunChurch

lmdb = pytest.importorskip("lmdb")


def encoded(number: int, file_format: str) -> bytes:
    """A 100x80 picture of one colour between red edges that the square crop removes."""
    pixels = np.full((80, 100, 3), (255, 0, 0), np.uint8)
    pixels[:, 10:90] = 20 * number
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, file_format, **({"lossless": True} if file_format == "WEBP" else {}))
    return file.getvalue()


def write(folder, values):
    folder.parent.mkdir(exist_ok=True)
    with lmdb.open(str(folder), map_size=2**20) as database, database.begin(write=True) as transaction:
        for number, value in enumerate(values):
            transaction.put(f"{number:040x}".encode(), value)


@pytest.fixture
def churches(tmp_path):
    write(tmp_path / "church_outdoor_train_lmdb", [encoded(number, "WEBP") for number in range(5)])
    write(tmp_path / "church_outdoor_val_lmdb", [encoded(number, "PNG") for number in (7, 8)])
    return tmp_path


@pytest.mark.parametrize(("split", "numbers"), [("train", range(5)), ("test", (7, 8))])
def test_pictures_are_cropped_and_resized(churches, split, numbers):
    source = data.load(LsunChurch(data_dir=str(churches)), split)
    assert (source.name, source.size, source.shape) == ("lsun_church", len(numbers), (64, 64, 3))
    images = np.concatenate([batch["image"] for batch in data.batches_in_order(source, 2).as_numpy_iterator()])
    np.testing.assert_allclose(images, np.broadcast_to(
        np.array([20 * number / 127.5 - 1 for number in numbers])[:, None, None, None], images.shape), atol=1e-6)


def test_a_folder_can_be_opened_again(churches):
    config = LsunChurch(data_dir=str(churches))
    first, second = data.load(config, "train"), data.load(config, "train")
    np.testing.assert_array_equal(first.read(3), second.read(3))


def test_training_batches(churches):
    source = data.load(LsunChurch(data_dir=str(churches)), "train")
    element = next(data.training_batches(source, batch_size=8, batches=2, seed=0).as_numpy_iterator())
    assert element["image"].shape == (2, 8, 64, 64, 3)


def test_a_broken_picture_is_named(tmp_path):
    write(tmp_path / "church_outdoor_train_lmdb", [encoded(0, "WEBP"), b"not a picture"])
    source = data.load(LsunChurch(data_dir=str(tmp_path)), "train")
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"image 1 of lsun_church \({1:040x}\) cannot be decoded"):
        list(data.batches_in_order(source, 2))


def test_missing_data_is_named_with_the_command(tmp_path):
    with pytest.raises(FileNotFoundError) as raised:
        data.load(LsunChurch(data_dir=str(tmp_path)), "test")
    assert str(raised.value) == (
        f"{tmp_path}/church_outdoor_val_lmdb/data.mdb does not exist; get it with: curl -O "
        f"http://dl.yf.io/lsun/scenes/church_outdoor_val_lmdb.zip && unzip church_outdoor_val_lmdb.zip -d {tmp_path}")


def test_a_folder_is_needed():
    with pytest.raises(ValueError, match=r"data_dir was not given: dataset=lsun_church needs the folder that holds"):
        data.load(LsunChurch(), "train")


def test_a_damaged_database(tmp_path):
    folder = tmp_path / "church_outdoor_train_lmdb"
    folder.mkdir()
    (folder / "data.mdb").write_bytes(b"damaged" * 1000)
    with pytest.raises(ValueError, match=r"church_outdoor_train_lmdb is not an LMDB folder; unpack it again"):
        data.load(LsunChurch(data_dir=str(tmp_path)), "train")


def test_without_the_package(churches, monkeypatch):
    monkeypatch.setitem(sys.modules, "lmdb", None)
    with pytest.raises(ValueError, match=r"needs the package lmdb; install it with: pip install 'wirgan-tf\[lsun\]'"):
        data.load(LsunChurch(data_dir=str(churches)), "train")


def test_the_identity_is_that_of_the_keys(churches, tmp_path):
    one = data.load(LsunChurch(data_dir=str(churches)), "train")
    shutil.copytree(churches, tmp_path / "copy")
    copy = data.load(LsunChurch(data_dir=str(tmp_path / "copy")), "train")
    assert one.identity == copy.identity != data.load(LsunChurch(data_dir=str(churches)), "test").identity
    assert one.example_keys() == [f"{number:040x}".encode() for number in range(5)]
    write(tmp_path / "more" / "church_outdoor_train_lmdb", [encoded(number, "PNG") for number in range(6)])
    assert data.load(LsunChurch(data_dir=str(tmp_path / "more")), "train").identity != one.identity
