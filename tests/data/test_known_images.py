"""A second start does not read a folder's images again, unless they changed."""

import json
import os
import pathlib
import shutil

import numpy as np
import pytest
from PIL import Image

from wirgan_tf import files
from wirgan_tf.data import image_folder, intact, known_images, picture_files


@pytest.fixture
def examined(monkeypatch, tmp_path):
    """The names of the images that were read whole. Every test has a cache of its own."""
    seen = []
    examine = intact._examined

    def counted(file):
        seen.append(file.name)
        return examine(file)

    monkeypatch.setattr(intact, "_examined", counted)
    monkeypatch.setattr(files, "CACHE", tmp_path / "cache")
    image_folder._contents.cache_clear()
    return seen


def save(path, grey):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (8, 8), grey).save(path)


@pytest.fixture
def photos(tmp_path):
    for number in range(10):
        save(tmp_path / "photos" / f"{number}.png", number)
    return tmp_path / "photos"


def start(folder, split="train"):
    """As a new process would."""
    image_folder._contents.cache_clear()
    return image_folder.ImageFolder(data_dir=str(folder), image_size=8).load(split)


def test_images_are_read_whole_once(photos, examined):
    first = start(photos)
    assert sorted(examined) == [f"{number}.png" for number in range(10)]
    second = start(photos)
    assert len(examined) == 10
    assert first.identity == second.identity
    np.testing.assert_array_equal(first.images, second.images)


def test_both_splits_of_a_process_are_read_once_without_a_cache(photos, examined, monkeypatch, caplog):
    (photos.parent / "file").touch()
    monkeypatch.setattr(files, "CACHE", photos.parent / "file" / "cache")
    files._warn_of_cache.cache_clear()
    start(photos)
    image_folder.ImageFolder(data_dir=str(photos), image_size=8).load("test")
    assert len(examined) == 10
    assert [record.getMessage()[:27] for record in caplog.records if record.levelname == "WARNING"] == [
        "going on without the cache "]


def test_without_a_home(photos, examined, monkeypatch, caplog):
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.setattr(files, "CACHE", pathlib.Path("~/.cache/wirgan_tf"))
    files._warn_of_cache.cache_clear()
    assert start(photos).size == 9
    assert "going on without the cache ~/.cache/wirgan_tf (~/.cache/wirgan_tf is below a home folder" in caplog.text


@pytest.mark.parametrize("keep", [False, True])
def test_a_changed_image_is_looked_at_again(photos, examined, keep):
    first = start(photos)
    examined.clear()
    before = (photos / "3.png").stat()
    save(photos / "3.png", 77)
    assert (photos / "3.png").stat().st_size == before.st_size
    if keep:  # as `rsync --times` and archives do
        os.utime(photos / "3.png", ns=(before.st_atime_ns, before.st_mtime_ns))
    second = start(photos)
    assert examined == ["3.png"]
    assert first.identity != second.identity


def test_added_and_removed_images_change_the_identity(photos, examined):
    first = start(photos)
    save(photos / "10.png", 10)
    second = start(photos)
    assert examined[10:] == ["10.png"]
    (photos / "10.png").unlink()
    third = start(photos)
    assert first.identity == third.identity != second.identity


def test_the_same_images_at_another_place_are_the_same_data(photos, examined):
    first = start(photos)
    shutil.copytree(photos, photos.parent / "copy")
    moved = start(photos.parent / "copy")
    assert first.identity == moved.identity
    assert first.example_keys() == moved.example_keys() == sorted(first.example_keys())
    os.rename(photos / "3.png", photos / "thirteen.png")
    assert {start(photos, split).identity for split in ("train", "test")} != {
        start(photos.parent / "copy", split).identity for split in ("train", "test")}


def test_how_images_are_made_is_part_of_the_identity(photos, examined):
    sizes = {image_folder.ImageFolder(data_dir=str(photos), image_size=size).load("train").identity
             for size in (4, 8, 12)}
    assert len(sizes) == 3


def test_streamed_and_held_images_are_the_same_data(photos, examined, monkeypatch):
    held = start(photos)
    monkeypatch.setattr(picture_files, "LARGEST_IN_MEMORY", 0)
    streamed = start(photos)
    assert (held.identity, held.example_keys()) == (streamed.identity, streamed.example_keys())


def test_a_broken_image_is_not_remembered(photos, examined):
    for number in range(10, 100):
        save(photos / f"{number}.png", number)
    (photos / "3.png").write_bytes(b"broken")
    first = start(photos)
    examined.clear()
    assert start(photos).identity == first.identity
    assert examined == ["3.png"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pillow": 3}', b'{"images": {}}', b"\xff"])
def test_a_damaged_file_is_made_again(photos, examined, content):
    first = start(photos)
    (path,) = (files.CACHE / "folders").iterdir()
    path.write_bytes(content)
    assert start(photos).identity == first.identity
    assert len(examined) == 20
    assert len(known_images.load(photos)) == 10


def test_another_pillow_checks_again(photos, examined):
    start(photos)
    (path,) = (files.CACHE / "folders").iterdir()
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "pillow": "1.0"}))
    start(photos)
    assert len(examined) == 20
