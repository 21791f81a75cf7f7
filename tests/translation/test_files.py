import logging

import numpy as np
import pytest
from PIL import Image

from wirgan_tf.data.pixels import Pixels
from wirgan_tf.translation import files
from wirgan_tf.translation.files import Done, Task, tasks, translate_files


def save(path, *size, mode="RGB", **settings):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(len(path.name)).integers(0, 256, [size[1], size[0], 4], np.uint8)
    Image.fromarray(pixels, "RGBA").convert(mode).save(path, **settings)


@pytest.fixture
def folder(tmp_path):
    """Pictures of several sizes and kinds, one broken, and a file that is none."""
    save(tmp_path / "in" / "a.jpg", 7, 5)
    save(tmp_path / "in" / "a.png", 7, 5)
    save(tmp_path / "in" / "deep" / "er" / "grey.bmp", 1, 1, mode="L")
    save(tmp_path / "in" / "deep" / "c.webp", 7, 5, lossless=True)
    (tmp_path / "in" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    (tmp_path / "in" / "notes.txt").write_text("hidden in plain sight")
    return tmp_path


def test_translations_keep_relative_paths(folder):
    found = tasks(folder / "in", folder / "out")
    assert [(task.source.relative_to(folder / "in").as_posix(), task.target.relative_to(folder / "out").as_posix())
            for task in found] == [("a.jpg", "a.jpg.png"), ("a.png", "a.png.png"), ("broken.png", "broken.png"),
                                   ("deep/c.webp", "deep/c.png"), ("deep/er/grey.bmp", "deep/er/grey.png")]
    assert tasks(folder / "in" / "a.jpg", folder / "out") == [Task(folder / "in" / "a.jpg", folder / "out" / "a.png")]


def test_no_two_translations_have_one_name(tmp_path):
    for name in ("b.png", "b.jpg", "b.jpg.png", "c.jpg", "c.webp", "c.jpg.png"):
        save(tmp_path / "in" / name, 2, 2)
    targets = [task.target.name for task in tasks(tmp_path / "in", tmp_path / "out")]
    assert len(set(targets)) == 6
    assert all(target.endswith(".png") for target in targets)


@pytest.mark.parametrize("output", ["in", "in/out"])
def test_translations_do_not_go_where_pictures_are_looked_for(folder, output):
    with pytest.raises(ValueError, match="where translations would be taken for pictures; choose a folder outside it"):
        tasks(folder / "in", folder / output)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_the_translation_of_one_picture_does_not_replace_a_picture(folder, name):
    with pytest.raises(ValueError, match=f"is the folder of {name}, where the translation would replace a.png"):
        tasks(folder / "in" / name, folder / "in")
    assert tasks(folder / "in" / "deep" / "c.webp", folder / "in" / "deep")[0].target.name == "c.png"


def test_translations_do_not_replace_pictures_from_a_folder_above(tmp_path):
    for name in ("x.png", "photos/x.jpg"):
        save(tmp_path / "photos" / name, 2, 2)
    with pytest.raises(ValueError, match=r"translation of .*x\.jpg would replace the picture .*photos/x\.png"):
        tasks(tmp_path / "photos", tmp_path)
    (tmp_path / "photos" / "photos" / "x.jpg").unlink()
    assert [task.target.relative_to(tmp_path).as_posix() for task in tasks(tmp_path / "photos", tmp_path)] == ["x.png"]


def test_pictures_of_one_size_share_a_call_and_broken_ones_are_named(folder, caplog):
    caplog.set_level(logging.WARNING)
    calls = []

    def inverted(images):
        calls.append(images.shape)
        return -images

    found = list(translate_files(inverted, tasks(folder / "in", folder / "out"), Pixels(3)))
    assert sorted(calls) == [(1, 1, 1, 3), (3, 5, 7, 3)]
    assert [task.source.name for task in found if isinstance(task, Task)] == ["broken.png"]
    assert f"{folder / 'in' / 'broken.png'} is skipped: Truncated File Read" in caplog.text
    assert sum(isinstance(one, Done) for one in found) == 4
    pixels = np.asarray(Image.open(folder / "out" / "deep" / "c.png")).astype(int)
    np.testing.assert_array_equal(pixels, 255 - np.asarray(Image.open(folder / "in" / "deep" / "c.webp")).astype(int))
    assert sorted(path.name for path in (folder / "out").rglob("*.png")) == ["a.jpg.png", "a.png.png", "c.png",
                                                                             "grey.png"]


def test_grey_in_and_colour_out(folder):
    list(translate_files(lambda images: np.repeat(images, 3, axis=-1), tasks(folder / "in", folder / "out"), Pixels(1)))
    pixels = np.asarray(Image.open(folder / "out" / "a.png.png"))
    np.testing.assert_array_equal(pixels[..., 1], np.asarray(Image.open(folder / "in" / "a.png").convert("L")))


def test_a_call_takes_a_limited_number_of_pixels(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_MOST_PIXELS", 20)
    for number in range(5):
        save(tmp_path / "in" / f"{number}.png", 3, 3)
    save(tmp_path / "in" / "large.png", 9, 9)
    calls = []
    found = list(translate_files(lambda images: calls.append(len(images)) or images,
                                 tasks(tmp_path / "in", tmp_path / "out"), Pixels()))
    assert (sorted(calls), len(found)) == ([1, 1, 2, 2], 6)
    calls.clear()
    list(translate_files(lambda images: calls.append(len(images)) or images,
                         tasks(tmp_path / "in", tmp_path / "out"), Pixels(), one_by_one=True))
    assert calls == [1] * 6


def test_pictures_do_not_wait_without_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_MOST_HELD", 30)
    found = ((Task(tmp_path, tmp_path), np.zeros([4, number, 3])) for number in (1, 2, 3, 4, 5, 1))
    batches = files._of_equal_size(found, one_by_one=False)
    # 4 + 8 + 12 + 16 pixels are more than 30; without the 16, 20 more are, too.
    assert [[image.shape[1] for _, image in batch] for batch in batches] == [[4], [5], [1, 1], [2], [3]]


def test_a_translation_that_cannot_be_written_ends_the_work(folder):
    found = tasks(folder / "in", folder / "out")
    (folder / "out").write_text("in the way")
    with pytest.raises(OSError, match="out"):
        list(translate_files(lambda images: images, found, Pixels()))


def test_a_camera_picture_is_turned_and_16_bits_are_read(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (6, 3), "red").save(tmp_path / "turned.jpg", exif=exif)
    Image.fromarray(np.array([[0, 32768, 65535]], np.uint16)).save(tmp_path / "deep.png")
    found = {}
    files_there = tasks(tmp_path, tmp_path.with_name("out"))
    list(translate_files(lambda images: found.setdefault(images.shape, images), files_there, Pixels(1)))
    assert (1, 6, 3, 1) in found
    np.testing.assert_allclose(found[1, 1, 3, 1].ravel(), [-1, 1 / 255, 1], atol=1e-6)


def test_what_is_asked_for_is_there_and_goes_to_a_folder(folder):
    with pytest.raises(FileNotFoundError, match=r"input=.*none\.jpg: there is no such picture or folder"):
        tasks(folder / "none.jpg", folder / "out")
    for output in ("in/notes.txt", "one.png"):
        with pytest.raises(ValueError, match=f"output=.*{output}: translations go to a folder"):
            tasks(folder / "in" / "a.jpg", folder / output)
