import logging
import shutil

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf import data
from wirgan_tf.data import image_folder, intact, picture_files
from wirgan_tf.data.images import StreamedSource


def save(path, colour=(200, 100, 50), size=(12, 10), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path, "JPEG" if path.suffix == ".jfif" else None)


def fill(folder, count, ending=".png"):
    """Pictures whose red is their number."""
    for number in range(count):
        save(folder / f"{number:04d}{ending}", (number % 256, number // 256, 0))


def load(folder, split="train", size=8):
    return data.load(image_folder.ImageFolder(data_dir=str(folder), image_size=size), split)


def numbers(source):
    pixels = source.images[:, 0, 0]
    return (pixels[:, 0] + 256 * pixels[:, 1].astype(int)).tolist()


def test_all_endings_in_all_subfolders_in_order(tmp_path):
    names = ["a.png", "b/c.JPG", "b/d.jpeg", "e.bmp", "f.gif", "g/h/i.webp", "j.tif", "k.TIFF", "l.jfif"]
    for number, name in enumerate(names):
        save(tmp_path / "train" / name, (28 * number, 28 * number, 28 * number))
    save(tmp_path / "test" / "a.png")
    (tmp_path / "train" / "notes.txt").write_text("not an image")
    (tmp_path / "train" / "._a.png").write_text("a file that some systems add")
    source = load(tmp_path)
    assert (source.name, source.size, source.shape, source.num_classes) == ("image_folder", 9, (8, 8, 3), 0)
    np.testing.assert_allclose(source.images[:, 4, 4, 0], 28 * np.arange(9), atol=3)
    assert source.example_keys() == [f"train/{name}".encode() for name in names]
    assert load(tmp_path, "test").size == 1


def test_size_defaults_to_64(tmp_path):
    fill(tmp_path, 2)
    assert load(tmp_path, size=0).shape == (64, 64, 3)
    assert load(tmp_path, size=31).shape == (31, 31, 3)


@pytest.mark.parametrize(("count", "for_testing"), [(2, 1), (20, 1), (100, 5)])
def test_the_split_is_stable_and_complete(tmp_path, count, for_testing):
    fill(tmp_path / "one", count)
    train, test = numbers(load(tmp_path / "one")), numbers(load(tmp_path / "one", "test"))
    assert len(test) == for_testing
    assert sorted(train + test) == list(range(count))
    assert train == sorted(train)
    shutil.move(tmp_path / "one", tmp_path / "two")
    assert numbers(load(tmp_path / "two", "test")) == test


def test_the_testing_images_are_spread(tmp_path):
    fill(tmp_path, 300)
    test = numbers(load(tmp_path, "test", size=1))
    assert max(test) - min(test) > 150


def test_centre_crop_and_antialiasing(tmp_path):
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, 30:70] = np.where(np.arange(40) % 2, 255, 0)[None, :, None]  # stripes finer than the small image's pixels
    (tmp_path / "train").mkdir()
    Image.fromarray(wide).save(tmp_path / "train" / "wide.png")
    Image.fromarray(wide.transpose(1, 0, 2)).save(tmp_path / "train" / "high.png")
    save(tmp_path / "test" / "a.png")
    source = load(tmp_path, size=4)
    # A centred square is grey after averaging; outside of it the picture is black.
    np.testing.assert_allclose(source.images.astype(float), 127.5, atol=20)


def test_modes_become_rgb(tmp_path):
    names = ["1_grey.png", "2_rotated.jpg", "3_sixteen_bits.png", "4_transparent.png", "5_palette.png"]
    folder = tmp_path / "train"
    save(folder / names[0], 77, mode="L")
    two_colours = Image.new("RGB", (16, 16), (0, 0, 255))
    two_colours.paste((255, 0, 0), (0, 0, 8, 16))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    two_colours.save(folder / names[1], exif=exif, quality=95, subsampling=0)
    Image.fromarray(np.full((10, 10), 0x4000, np.uint16)).save(folder / names[2])
    save(folder / names[3], (10, 20, 30, 0), mode="RGBA")
    two_colours.convert("P").save(folder / names[4])
    save(tmp_path / "test" / "a.png")
    images = load(tmp_path).images.astype(int)
    np.testing.assert_array_equal(images[0], 77)
    np.testing.assert_allclose(images[1, 4, [1, 6]], [[0, 0, 255], [255, 0, 0]], atol=12)
    np.testing.assert_array_equal(images[2], 0x40)
    np.testing.assert_array_equal(images[3], 255)
    np.testing.assert_allclose(images[4, 4, [1, 6]], [[255, 0, 0], [0, 0, 255]], atol=12)


def test_a_large_photograph(tmp_path):
    ramp = np.linspace(0, 255, 1200).astype(np.uint8)
    (tmp_path / "train").mkdir()
    Image.fromarray(np.broadcast_to(ramp[None, :, None], (900, 1200, 3)).copy()).save(tmp_path / "train" / "a.jpg")
    save(tmp_path / "test" / "a.png")
    row = load(tmp_path, size=16).images[0, 8, :, 0]
    np.testing.assert_allclose(row, 255 * (150 + (np.arange(16) + 0.5) * 900 / 16) / 1200, atol=3)


def test_a_large_folder_is_streamed(tmp_path, monkeypatch):
    fill(tmp_path, 40)
    in_memory = load(tmp_path)
    monkeypatch.setattr(picture_files, "LARGEST_IN_MEMORY", 100)
    streamed = load(tmp_path)
    assert isinstance(streamed, StreamedSource)
    assert (streamed.name, streamed.size, streamed.shape) == (in_memory.name, in_memory.size, in_memory.shape)
    for one, other in zip(*(data.training_batches(source, batch_size=4, batches=3, seed=0).take(5)
                            for source in (in_memory, streamed)), strict=True):
        np.testing.assert_array_equal(one["image"], other["image"])
    assert sum(len(batch["image"]) for batch in data.batches_in_order(streamed, 7)) == streamed.size


def broken(path, kind):
    path.write_bytes({
        "empty": b"", "text": b"<html>404</html>", "cut": path.read_bytes()[:len(path.read_bytes()) * 2 // 3],
    }[kind])


@pytest.mark.parametrize("kind", ["empty", "text", "cut"])
@pytest.mark.parametrize("ending", [".png", ".jpg", ".gif", ".webp", ".bmp"])
def test_broken_images_are_found(tmp_path, kind, ending):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = tmp_path / f"broken{ending}"
    Image.fromarray(noise).save(path)
    broken(path, kind)
    save(tmp_path / "whole.png")
    with pytest.raises(ValueError, match=rf"^1 of 2 images in .* cannot be decoded, the first is .*broken\{ending} "
                                         r"\(.*\); remove or repair them, at most 1 % are skipped$"):
        load(tmp_path)


def test_one_in_a_hundred_is_skipped_and_counted(tmp_path, caplog):
    fill(tmp_path, 200)
    broken(tmp_path / "0003.png", "cut")
    broken(tmp_path / "0150.png", "text")
    with caplog.at_level(logging.WARNING):
        train, test = load(tmp_path), load(tmp_path, "test")
    assert sorted(numbers(train) + numbers(test)) == [number for number in range(200) if number not in (3, 150)]
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"2 of 200 images in {tmp_path} cannot be decoded, the first is {tmp_path}/0003.png")
    assert warnings[0].endswith("they are skipped")
    broken(tmp_path / "0004.png", "empty")
    (tmp_path / "0200.png").write_bytes(b"")
    with pytest.raises(ValueError, match=r"^4 of 201 images"):
        load(tmp_path)


def test_a_picture_that_vanishes_is_named(tmp_path, monkeypatch):
    fill(tmp_path, 30)
    monkeypatch.setattr(picture_files, "LARGEST_IN_MEMORY", 0)
    source = load(tmp_path)
    for path in tmp_path.glob("*.png"):
        path.unlink()
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"image 0 of image_folder \(0000\.png\) cannot be"):
        list(data.batches_in_order(source, 4))


def test_a_folder_is_needed():
    with pytest.raises(ValueError, match="data_dir was not given: dataset=image_folder needs the folder of the images"):
        data.load(image_folder.ImageFolder(), "train")


def test_the_folder_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"the folder .*nowhere does not exist; give the folder"):
        load(tmp_path / "nowhere")


def test_no_image(tmp_path):
    (tmp_path / "readme.txt").write_text("")
    with pytest.raises(FileNotFoundError) as raised:
        load(tmp_path)
    assert str(raised.value) == (f"there is no image in {tmp_path} or below it; the accepted endings are .png, .jpg, "
                                 ".jpeg, .jfif, .bmp, .gif, .webp, .tif, .tiff")


def test_no_image_for_testing(tmp_path):
    save(tmp_path / "train" / "a.png")
    (tmp_path / "test").mkdir()
    with pytest.raises(FileNotFoundError, match=r"there is no image in .*test or below it"):
        load(tmp_path)


def test_a_single_image(tmp_path):
    save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"holds a single image; at least 2 are needed, one to train on and one"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["val", "Valid", "validation"])
def test_a_validation_folder_is_a_split(tmp_path, name):
    """Without a folder for testing, one training image in twenty is for testing."""
    fill(tmp_path / "train", 40)
    fill(tmp_path / name, 3)
    assert {split: len(images) for split, images in image_folder.contents(tmp_path).splits.items()} == {
        "train": 38, "test": 2, "validation": 3}
    folder = image_folder.ImageFolder(data_dir=str(tmp_path), image_size=8)
    assert folder.has_validation()
    sources = {split: folder.load(split) for split in ("train", "test", "validation")}
    assert numbers(sources["validation"]) == [0, 1, 2]
    assert sources["validation"].example_keys() == [f"{name}/{number:04d}.png".encode() for number in range(3)]
    assert len({source.identity for source in sources.values()}) == 3
    keys = [key for source in sources.values() for key in source.example_keys()]
    assert len(set(keys)) == 43


def test_a_split_that_is_not_there(tmp_path):
    fill(tmp_path, 2)
    with pytest.raises(ValueError, match=r"has no split 'validation'; it has train, test$"):
        image_folder.ImageFolder(data_dir=str(tmp_path)).load("validation")


def test_one_line_says_what_is_used_and_what_is_not(tmp_path, caplog):
    fill(tmp_path / "train", 198)
    fill(tmp_path / "test", 2)
    for name in ("train/0003.png", "train/0004.png"):
        broken(tmp_path / name, "empty")
    fill(tmp_path / "train" / ".ipynb_checkpoints", 3)
    (tmp_path / "train" / "._a.png").touch()
    (tmp_path / "train" / "b.heic").touch()
    (tmp_path / "train" / "c.png").symlink_to("0005.png")
    (tmp_path / "train" / "d.png").symlink_to("nowhere.png")
    with caplog.at_level(logging.INFO):
        for split in ("train", "test"):
            load(tmp_path, split)
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.INFO]
    assert lines == [f"{tmp_path}: 198 images in all: 196 train, 2 test; passed over: hidden or system folders: "
                     "1, hidden files: 1, links to nothing: 1, further links to the same file: 1, files of other "
                     "endings (.heic 1): 1, broken: 2"]


def test_dark_greys_of_16_bits_are_warned_of(tmp_path, caplog):
    fill(tmp_path, 3)
    for name in ("a.png", "b.tif"):
        Image.fromarray(np.full((8, 8), 255, np.uint16)).save(tmp_path / name)
    for _ in range(2):  # the second start reads no image again, and warns all the same
        image_folder._contents.cache_clear()
        load(tmp_path)
        assert caplog.records[-1].getMessage() == (
            f"2 of 5 images in {tmp_path} are 16-bit greys below 4096 of 65535 and will be almost black, the first is "
            f"{tmp_path}/a.png; scale them to the whole range")


def test_an_image_that_breaks_after_the_check_is_named(tmp_path, monkeypatch):
    fill(tmp_path, 3)
    monkeypatch.setattr(intact, "_examined",
                        lambda file: intact.Known(file.state, "0", False))  # as if all were intact
    for path in tmp_path.iterdir():
        path.write_bytes(b"")
    with pytest.raises(ValueError, match=r"/0000\.png cannot be decoded: it is empty, cut off"):
        load(tmp_path)


def test_a_split_of_broken_images_alone(tmp_path):
    fill(tmp_path / "train", 199)
    save(tmp_path / "test" / "a.png")
    broken(tmp_path / "test" / "a.png", "cut")
    with pytest.raises(FileNotFoundError, match=r"there is no image in .*/test or below it"):
        load(tmp_path)


def test_a_path_is_no_pattern(tmp_path):
    folder = tmp_path / "photos [2024] of *?" / "a[b]"
    fill(folder, 3)
    fill(tmp_path / "photos 2 of x" / "a[b]", 5)
    assert load(folder).size + load(folder, "test").size == 3
