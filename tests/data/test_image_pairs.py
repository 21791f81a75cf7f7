import logging

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data import picture_files


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path)


def plain(colour, size=8):
    return np.broadcast_to(np.array(colour, np.uint8), (size, size, 3))


def halves(left, right):
    return np.concatenate([plain(left), plain(right)], axis=1)


def load(folder, split="train", size=8, **settings):
    return data.load(Config(dataset="image_pairs", data_dir=str(folder), image_size=size, **settings).data, split)


def colours(source, name):
    """The colour of each example's middle."""
    images = source.examples(tf.range(source.size))[name].numpy()
    return np.round((images[:, 4, 4] + 1) * 127.5).astype(int).tolist()


@pytest.fixture
def side_by_side(tmp_path):
    for number in range(4):
        save(tmp_path / "train" / f"{number}.png", halves((number, 10, 0), (0, 200, number)))
    save(tmp_path / "test" / "0.png", halves((50, 10, 0), (0, 200, 50)))
    save(tmp_path / "val" / "0.png", halves((60, 10, 0), (0, 200, 60)))
    return tmp_path


@pytest.fixture
def two_folders(tmp_path):
    for number in range(4):
        save(tmp_path / "photos" / "train" / f"{number}.png", plain((number, 10, 0)))
        save(tmp_path / "maps" / "train" / "sub" / f"{number}.bmp", plain((0, 200, number)))
    (tmp_path / "photos" / "train").rename(tmp_path / "sub")
    (tmp_path / "photos" / "train").mkdir()
    (tmp_path / "sub").rename(tmp_path / "photos" / "train" / "sub")
    save(tmp_path / "photos" / "test" / "0.png", plain((50, 10, 0)))
    save(tmp_path / "maps" / "test" / "0.png", plain((0, 200, 50)))
    return tmp_path


FOLDERS = {"source_folder": "photos", "target_folder": "maps"}


@pytest.mark.parametrize(("side", "source", "image"), [
    ("left", [[n, 10, 0] for n in range(4)], [[0, 200, n] for n in range(4)]),
    ("right", [[0, 200, n] for n in range(4)], [[n, 10, 0] for n in range(4)])])
def test_either_half_may_be_the_source(side_by_side, side, source, image):
    found = load(side_by_side, source_side=side)
    assert colours(found, "source") == source
    assert colours(found, "image") == image


def test_splits_are_those_of_folders(side_by_side):
    assert colours(load(side_by_side, "test"), "source") == [[50, 10, 0]]
    assert colours(load(side_by_side, "validation"), "source") == [[60, 10, 0]]
    keys = load(side_by_side).example_keys()
    assert keys == [f"train/{number}.png".encode() for number in range(4)]


def test_equal_names_in_two_folders_whatever_their_endings(two_folders):
    found = load(two_folders, **FOLDERS)
    assert colours(found, "source") == [[n, 10, 0] for n in range(4)]
    assert colours(found, "image") == [[0, 200, n] for n in range(4)]
    assert colours(load(two_folders, "test", **FOLDERS), "image") == [[0, 200, 50]]
    other_way = load(two_folders, source_folder="maps", target_folder="photos")
    assert colours(other_way, "source") == colours(found, "image")


def test_names_without_partner_are_listed(two_folders):
    save(two_folders / "photos" / "train" / "alone.png", plain((0, 0, 0)))
    (two_folders / "photos" / "test" / "0.png").rename(two_folders / "photos" / "test" / "1.png")
    with pytest.raises(ValueError, match=r"has names without partner: test/1, train/alone \(2 in photos alone\); "
                                         r"test/0 \(1 in maps alone\); expected the same names in photos and maps"):
        load(two_folders, **FOLDERS)


def test_names_that_are_there_twice_are_refused(two_folders):
    save(two_folders / "photos" / "test" / "0.bmp", plain((0, 0, 0)))
    with pytest.raises(ValueError, match=r"^photos has test/0 twice, as photos/test/0.bmp and photos/test/0.png;"):
        load(two_folders, **FOLDERS)


def test_folders_that_are_not_there_are_named(two_folders):
    with pytest.raises(FileNotFoundError, match=r"has no images in a folder labels; it has maps, photos; name the"):
        load(two_folders, source_folder="photos", target_folder="labels")
    with pytest.raises(ValueError, match=r"^source_folder='photos' and target_folder='': expected two folders, or "):
        load(two_folders, source_folder="photos")
    with pytest.raises(ValueError, match=r"^data_dir was not given: dataset=image_pairs needs the folder of the"):
        data.load(Config(dataset="image_pairs").data, "train")


def test_a_side_has_its_own_channels(two_folders):
    found = load(two_folders, **FOLDERS, source_channels=1)
    assert (found.spec["source"].shape, found.spec["image"].shape, found.shape) == ((8, 8, 1), (8, 8, 3), (8, 8, 3))
    assert colours(found, "source")[2] == [np.asarray(Image.new("RGB", (1, 1), (2, 10, 0)).convert("L")).item()]


def test_arrays_may_stand_for_either_image(tmp_path):
    for name in ("bands", "depth"):
        (tmp_path / name).mkdir()
    bands, depth = np.arange(64 * 5, dtype=np.uint16).reshape(8, 8, 5) * 200, np.arange(64, dtype=np.uint16) * 1000
    for number in range(2):
        np.save(tmp_path / "bands" / f"{number}.npy", bands + number)
        Image.fromarray(depth.reshape(8, 8) + number).save(tmp_path / "depth" / f"{number}.png")
    found = load(tmp_path, source_folder="bands", target_folder="depth", source_channels=5, channels=1,
                 sixteen_bits=True)
    number = int(found.example_keys()[0])
    example = found.examples(tf.constant([0]))
    np.testing.assert_allclose(example["source"][0], (bands + number) / 32767.5 - 1, atol=1e-6)
    np.testing.assert_allclose(example["image"][0, ..., 0], (depth.reshape(8, 8) + number) / 32767.5 - 1, atol=1e-6)


def test_broken_pictures_take_their_pair_with_them(two_folders, caplog):
    for number in range(4, 204):
        save(two_folders / "photos" / "train" / "sub" / f"{number}.png", plain((0, 0, 0), 1))
        save(two_folders / "maps" / "train" / "sub" / f"{number}.png", plain((0, 0, 0), 1))
    (two_folders / "maps" / "train" / "sub" / "7.png").write_bytes(b"not a picture")
    with caplog.at_level(logging.INFO):
        found = load(two_folders, size=1, **FOLDERS)
    assert found.size == 203
    assert b"train/sub/7" not in found.example_keys()
    assert "maps/train/sub/7.png" in caplog.text
    assert "204 pairs in all: 203 train, 1 test; passed over: broken: 1" in caplog.text


def test_jitter_of_training_is_the_same_for_both_images(tmp_path):
    ramp = np.broadcast_to(np.arange(12, dtype=np.uint8)[None, :, None] * 20, (12, 12, 3))
    for number in range(3):
        save(tmp_path / "train" / f"{number}.png", np.concatenate([ramp, 255 - ramp], axis=1))
        save(tmp_path / "test" / f"{number}.png", np.concatenate([ramp, 255 - ramp], axis=1))
    found = load(tmp_path, jitter=4, flip=True)
    batch = next(data.training_batches(found, batch_size=32, batches=1, seed=0).as_numpy_iterator())
    np.testing.assert_allclose(batch["image"], -batch["source"], atol=1e-6)
    rows = np.round((batch["source"][0, :, 0, :, 0] + 1) * 127.5 / 20).astype(int)
    expected = {tuple(range(left, left + 8)) for left in range(5)}
    assert {tuple(row) if row[0] < row[-1] else tuple(row[::-1]) for row in rows} == expected
    assert len({row[0] < row[-1] for row in rows}) == 2
    plainly = load(tmp_path).examples(tf.range(3))
    for jittered_split in (found, load(tmp_path, "test", jitter=4, flip=True)):
        np.testing.assert_array_equal(jittered_split.examples(tf.range(3))["source"], plainly["source"])
    assert found.identity == load(tmp_path).identity


def test_large_sets_are_streamed(side_by_side, monkeypatch):
    in_memory = load(side_by_side)
    monkeypatch.setattr(picture_files, "LARGEST_IN_MEMORY", 100)
    streamed = load(side_by_side)
    assert streamed.identity == in_memory.identity
    for one, other in zip(*(data.training_batches(source, batch_size=3, batches=1, seed=0).take(3)
                            for source in (in_memory, streamed)), strict=True):
        for name in ("image", "source"):
            np.testing.assert_array_equal(one[name], other[name])


def test_the_identity_tells_what_the_pairs_are(side_by_side):
    identities = [load(side_by_side, **settings).identity for settings in (
        {}, {"source_side": "right"}, {"channels": 1}, {"resampling": "nearest"}, {"size": 4})]
    assert len(set(identities)) == 5
    save(side_by_side / "train" / "3.png", halves((9, 9, 9), (0, 0, 0)))
    assert load(side_by_side).identity != identities[0]


def test_one_pair_in_twenty_is_for_testing(tmp_path):
    for number in range(40):
        save(tmp_path / f"{number}.png", halves((number, 10, 0), (0, 200, number)))
    train, test = load(tmp_path), load(tmp_path, "test")
    assert (train.size, test.size) == (38, 2)
    assert not set(train.example_keys()) & set(test.example_keys())


def test_the_side_of_a_file_says_nothing_of_two_folders():
    config = Config(dataset="image_pairs", **FOLDERS, source_side="right")
    with pytest.raises(ValueError, match=r"^source_side has no effect: source_folder says which image is the"):
        config.check_used(["source_side"])
