import logging
import shutil

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf import data
from wirgan_tf.data import image_folder
from wirgan_tf.data.images import StreamedSource


def save(path, colour=(200, 100, 50), size=(12, 10), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)


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
    names = ["a.png", "b/c.JPG", "b/d.jpeg", "e.bmp", "f.gif", "g/h/i.webp"]
    for number, name in enumerate(names):
        save(tmp_path / "train" / name, (40 * number, 40 * number, 40 * number))
    save(tmp_path / "test" / "a.png")
    (tmp_path / "train" / "notes.txt").write_text("not an image")
    (tmp_path / "train" / "._a.png").write_text("a file that some systems add")
    source = load(tmp_path)
    assert (source.name, source.size, source.shape, source.num_classes) == ("image_folder", 6, (8, 8, 3), 0)
    np.testing.assert_allclose(source.images[:, 4, 4, 0], 40 * np.arange(6), atol=3)
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
    monkeypatch.setattr(image_folder, "LARGEST_IN_MEMORY", 100)
    streamed = load(tmp_path)
    assert isinstance(streamed, StreamedSource)
    assert (streamed.name, streamed.size, streamed.shape) == (in_memory.name, in_memory.size, in_memory.shape)
    for one, other in zip(*(data.training_batches(source, batch_size=4, critic_updates=3, seed=0).take(5)
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
    monkeypatch.setattr(image_folder, "LARGEST_IN_MEMORY", 0)
    source = load(tmp_path)
    for path in tmp_path.glob("*.png"):
        path.unlink()
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"image 0 of image_folder cannot be decoded"):
        list(data.batches_in_order(source, 4))


def test_a_folder_is_needed():
    with pytest.raises(ValueError, match=r"data_dir is empty: dataset=image_folder needs the folder of the images"):
        data.load(image_folder.ImageFolder(), "train")


def test_the_folder_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"the folder .*nowhere does not exist; give the folder"):
        load(tmp_path / "nowhere")


def test_no_image(tmp_path):
    (tmp_path / "readme.txt").write_text("")
    with pytest.raises(FileNotFoundError) as raised:
        load(tmp_path)
    assert str(raised.value) == (f"there is no image in {tmp_path} or below it; the accepted endings are .png, .jpg, "
                                 ".jpeg, .bmp, .gif, .webp")


def test_no_image_for_testing(tmp_path):
    save(tmp_path / "train" / "a.png")
    (tmp_path / "test").mkdir()
    assert load(tmp_path).size == 1
    with pytest.raises(FileNotFoundError, match=r"there is no image in .*test or below it"):
        load(tmp_path, "test")


def test_a_single_image(tmp_path):
    save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"holds a single image; at least 2 are needed, one to train on and one"):
        load(tmp_path)
