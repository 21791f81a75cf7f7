"""Copies of one picture, on one side of every split."""

import hashlib
import logging
import shutil

import numpy as np
import pytest
from PIL import Image

from wirgan_tf.data import load, load_splits
from wirgan_tf.data.copies import drawn
from wirgan_tf.data.image_domains import ImageDomains
from wirgan_tf.data.image_folder import ImageFolder
from wirgan_tf.data.image_pairs import ImagePairs

KEYS = [b"a", b"b", b"c", b"d", b"e"]  # by their hashes: d 18.., c 2e.., b 3e.., e 3f.., a ca..


def save(path, number):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 4), (number % 256, number // 256, 0)).save(path)


def test_without_copies_they_are_the_first_by_the_hash_of_their_keys():
    """As runs that were trained before have them."""
    keys = [f"{number}.png".encode() for number in range(300)]
    first = sorted(range(300), key=lambda place: hashlib.sha256(keys[place]).digest())[:15]
    assert drawn(keys, list(range(300)), 15) == sorted(first)


@pytest.mark.parametrize(("contents", "count", "expected"), [
    ([1, 2, 3, 4, 5], 2, [2, 3]),
    ([1, 2, 3, 3, 5], 2, [2, 3]),
    ([1, 3, 2, 3, 5], 2, [1, 3]),  # d, and b with it
    ([3, 3, 2, 3, 5], 2, [2, 4]),  # three copies are more than two: the next in order
    ([1, 1, 1, 2, 2], 1, [3, 4]),  # all are more than one: the fewest
    ([1, 1, 1, 1, 1], 2, [2, 3])])  # nothing can be kept apart
def test_copies_are_drawn_together(contents, count, expected):
    assert drawn(KEYS, contents, count) == expected


def of_splits(splits):
    return [{tuple(image[0, 0]) for image in source.examples(np.arange(source.size))["image"].numpy()}
            for source in splits[:3]]


def test_copies_of_a_folder_are_in_one_split(tmp_path):
    """150 pictures, each twice under unrelated names: the hash of a name would part most of those it draws."""
    for number in range(150):
        save(tmp_path / f"{number}.png", number)
        shutil.copy(tmp_path / f"{number}.png", tmp_path / f"{number} (1).png")
    splits = load_splits(ImageFolder(data_dir=str(tmp_path), image_size=4), 0.05)
    assert [source.size for source in splits[:3]] == [300 - 14 - 56, 56, 14]  # 5 % are 15, a fifth of the rest 57
    train, validation, test = of_splits(splits)
    assert not train & validation
    assert not (train | validation) & test
    assert len(train | validation | test) == 150


def test_copies_of_pairs_are_in_one_split(tmp_path):
    for number in range(20):
        save(tmp_path / f"{number}.png", number)
        shutil.copy(tmp_path / f"{number}.png", tmp_path / f"copy {number}.png")
    pairs = ImagePairs(data_dir=str(tmp_path), image_size=4)
    assert [load(pairs, split).size for split in ("train", "test")] == [38, 2]
    names = [key.decode().removeprefix("copy ") for key in load(pairs, "test").example_keys()]
    assert names[0] == names[1]


@pytest.mark.parametrize("split", ["test", "val"])
def test_images_to_measure_by_that_are_trained_on_are_counted(tmp_path, caplog, split):
    for number in range(30):
        save(tmp_path / "train" / f"{number}.png", number)
    for number in range(28, 33):
        save(tmp_path / split / f"{number}.png", number)
    with caplog.at_level(logging.WARNING):
        load(ImageFolder(data_dir=str(tmp_path), image_size=4), "train")
    name = {"test": "test", "val": "validation"}[split]
    assert caplog.messages == [f"2 of 5 {name} images are also training images, the first is {tmp_path}/{split}/28.png;"
                               " measures by them are too good: take them out of one of the two"]


def test_domains_are_looked_at_one_by_one(tmp_path, caplog):
    """An image of a is no copy of one of b."""
    for number in range(5):
        for folder in ("trainA", "testB"):
            save(tmp_path / folder / f"{number}.png", number)
        save(tmp_path / "trainB" / f"{number}.png", 10 + number)
        save(tmp_path / "testA" / f"{number}.png", 4 + number)
    with caplog.at_level(logging.WARNING):
        load(ImageDomains(data_dir=str(tmp_path), image_size=4), "train")
    assert [message.split(";")[0] for message in caplog.messages] == [
        f"1 of 5 test images are also training images, the first is {tmp_path}/testA/0.png"]
