import logging

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf import data
from wirgan_tf.config import Config


def fill(folder, first, count):
    """Pictures whose red is their number."""
    folder.mkdir(parents=True)
    for number in range(first, first + count):
        Image.new("RGB", (9, 8), (number, 0, 0)).save(folder / f"{number:03d}.png")


def load(folder, split="train", share=0.0, **settings):
    config = Config(dataset="image_domains", data_dir=str(folder), image_size=8, **settings)
    return data.load(config.data, split, share)


def numbers(source, name):
    images = source.examples(tf.range(source.size))[name].numpy()
    return np.round((images[:, 4, 4, 0] + 1) * 127.5).astype(int).tolist()


LAYOUTS = ["{split}{domain}", "{split}/{domain}", "{domain}/{split}"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_folders_of_domains_and_splits(tmp_path, layout):
    for number, (domain, split) in enumerate([("A", "train"), ("B", "train"), ("A", "test"), ("B", "test")]):
        fill(tmp_path / layout.format(domain=domain, split=split), 10 * number, 3 + (number == 1))
    train, test = load(tmp_path), load(tmp_path, "test")
    assert (train.size, numbers(train, "source"), numbers(train, "image")) == (4, [0, 1, 2, 0], [10, 11, 12, 13])
    assert (numbers(test, "source"), numbers(test, "image")) == ([20, 21, 22], [30, 31, 32])
    assert {name: (entry.shape, entry.unpaired) for name, entry in train.spec.items()} == {
        "image": ((8, 8, 3), False), "source": ((8, 8, 3), True)}
    other_way = load(tmp_path, source_folder="B", target_folder="A")
    assert numbers(other_way, "source") == [10, 11, 12, 13]


def test_folders_without_splits(tmp_path, caplog):
    fill(tmp_path / "horses", 0, 80)
    fill(tmp_path / "zebras", 100, 100)
    fill(tmp_path / "mules", 200, 1)
    names = {"source_folder": "horses", "target_folder": "zebras"}
    with caplog.at_level(logging.INFO):
        train, test = (load(tmp_path, split, **names) for split in ("train", "test"))
    assert "horses: 76 train, 4 test; zebras: 95 train, 5 test; passed over: in other folders: 1" in caplog.text
    assert sorted({*numbers(train, "source"), *numbers(test, "source")}) == list(range(80))
    held_out = load(tmp_path, "validation", 0.2, **names)
    assert (held_out.a.size, held_out.b.size) == (15, 19)
    assert not set(numbers(held_out, "image")) & set(numbers(load(tmp_path, "train", 0.2, **names), "image"))


def test_domains_are_cropped_on_their_own(tmp_path):
    ramp = np.broadcast_to(np.arange(12, dtype=np.uint8)[None, :, None] * 20, (12, 12, 3))
    for domain in "AB":
        (tmp_path / domain).mkdir()
        for number in range(2):
            Image.fromarray(ramp).save(tmp_path / domain / f"{number}.png")
    found = load(tmp_path, jitter=4, flip=True)
    batch = next(data.training_batches(found, batch_size=64, batches=1, seed=0).as_numpy_iterator())
    corners = [np.round((batch[name][0, :, 0, 0, 0] + 1) * 127.5 / 20).astype(int) for name in ("source", "image")]
    assert all(len(np.unique(each)) > 5 for each in corners)
    assert abs(np.mean(corners[0] == corners[1]) - 0.1) < 0.15  # five places, and mirrored ones
    plainly = load(tmp_path).examples(tf.range(1))
    np.testing.assert_array_equal(found.examples(tf.range(1))["image"], plainly["image"])


def test_a_domain_has_its_own_channels(tmp_path):
    for domain in "AB":
        fill(tmp_path / domain, 0, 2)
    spec = load(tmp_path, source_channels=1).spec
    assert (spec["source"].shape, spec["image"].shape) == ((8, 8, 1), (8, 8, 3))


def test_domains_need_the_same_splits(tmp_path):
    for folder in ("trainA", "trainB", "testB"):
        fill(tmp_path / folder, 0, 2)
    with pytest.raises(ValueError, match=r": A has train and B has test, train; expected the same splits of both"):
        load(tmp_path)


def test_folders_that_are_not_there_are_named(tmp_path):
    fill(tmp_path / "horses", 0, 2)
    with pytest.raises(FileNotFoundError, match=r"has no images in a folder A; it has horses; name the folders of the "
                                                r"two domains by source_folder and target_folder$"):
        load(tmp_path)
    with pytest.raises(ValueError, match=r"^source_folder='A' and target_folder='A': expected the names of two"):
        load(tmp_path, target_folder="A")


def test_broken_pictures_are_left_out(tmp_path, caplog):
    for domain in "AB":
        fill(tmp_path / domain, 0, 60)
    (tmp_path / "A" / "007.png").write_bytes(b"not a picture")
    source = load(tmp_path)
    assert (source.a.size, source.b.size) == (56, 57)
    assert "A/007.png" in caplog.text
    for number in range(5):
        (tmp_path / "B" / f"00{number}.png").write_bytes(b"not a picture")
    with pytest.raises(ValueError, match=r"cannot be decoded, the first is .*remove or repair them"):
        load(tmp_path)
