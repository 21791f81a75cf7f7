"""--mode=translate, of a run and of an export."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf import data
from wirgan_tf.command_line import parse
from wirgan_tf.config import Config
from wirgan_tf.pictures import to_pixels
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of two updates, whose model translates grey 16x16 to grey."""
    path = tmp_path_factory.mktemp("runs") / "outlines"
    config = Config(model="pix2pix", dataset="digit_outlines", width=2, batch_size=2, iterations=2)
    loop.train(config, RunDirectory(path), splits=data.load_splits(config.data, 0.0))
    return path


@pytest.fixture
def folder(tmp_path):
    """Two pictures of one size, a third, and a broken one."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name, size in (("a.png", (16, 16)), ("deep/b.png", (16, 16)), ("deep/c.png", (37, 5))):
        pixels = np.random.default_rng(len(name)).integers(0, 256, [size[1], size[0]], np.uint8)
        Image.fromarray(pixels).save(tmp_path / "in" / name)
    (tmp_path / "in" / "broken.jpg").write_bytes(b"no picture")
    return tmp_path


def translate(folder, *flags):
    parse(["wirgan_tf", "--mode=translate", f"--input={folder / 'in'}", f"--output={folder / 'out'}", *flags]).run()


def test_a_folder_of_mixed_sizes(run, folder, capsys):
    with pytest.raises(OSError, match=r"1 of 4 pictures could not be read: .*broken\.jpg"):
        translate(folder, f"--run_dir={run}", f"--sheet={folder / 'sheet.png'}", f"--targets={folder / 'in' / 'deep'}")
    assert capsys.readouterr().out == f"3 of 4 pictures translated to {folder / 'out'}\n"
    found = {path.relative_to(folder / "out").as_posix(): Image.open(path).size
             for path in (folder / "out").rglob("*.png")}
    assert found == {"a.png": (16, 16), "deep/b.png": (16, 16), "deep/c.png": (37, 5)}
    assert Image.open(folder / "sheet.png").size == (4 + 3 * 196, 16 + 3 * 196)


def test_a_file_by_a_run_and_in_tiles(run, folder):
    from wirgan_tf.commands.common import restored

    model = restored(str(run), "newest")[2]
    pixels = np.asarray(Image.open(folder / "in" / "a.png"))[np.newaxis, ..., np.newaxis]
    expected = to_pixels(model.translate(tf.constant(pixels / np.float32(127.5) - 1.0))[0])[..., 0].astype(int)
    for flags in ([], ["--tile=16", "--tile_overlap=4"]):
        parse(["wirgan_tf", "--mode=translate", f"--run_dir={run}", f"--input={folder / 'in' / 'a.png'}",
               f"--output={folder / 'out'}", *flags]).run()
        np.testing.assert_allclose(np.asarray(Image.open(folder / "out" / "a.png")).astype(int), expected, atol=1)
    parse(["wirgan_tf", "--mode=translate", f"--run_dir={run}", f"--input={folder / 'in' / 'deep' / 'c.png'}",
           f"--output={folder / 'out'}", "--tile=16", "--tile_overlap=4"]).run()
    assert Image.open(folder / "out" / "c.png").size == (37, 5)


def test_an_export_makes_colours(colouring, folder):
    (folder / "in" / "broken.jpg").unlink()
    translate(folder, f"--model_dir={colouring[1]}")
    pixels = np.asarray(Image.open(folder / "in" / "a.png"))[np.newaxis, ..., np.newaxis]
    expected = to_pixels(colouring[0].translate(tf.constant(pixels / np.float32(127.5) - 1.0))[0]).astype(int)
    np.testing.assert_allclose(np.asarray(Image.open(folder / "out" / "a.png")).astype(int), expected, atol=1)


def test_the_way_back_and_attributes(both_ways, tinting, folder):
    (folder / "in" / "broken.jpg").unlink()
    translate(folder, f"--model_dir={both_ways[1]}", "--direction=b_to_a")
    assert (Image.open(folder / "out" / "a.png").size, Image.open(folder / "out" / "a.png").mode) == ((16, 16), "L")
    found = []
    for attributes in ("red,thick", "none"):
        translate(folder, f"--model_dir={tinting[1]}", f"--attributes={attributes}")
        found.append(np.asarray(Image.open(folder / "out" / "deep" / "c.png")).astype(int))
    assert found[0].shape == (5, 37, 3)
    assert np.abs(found[0] - found[1]).max() > 0


@pytest.mark.parametrize(("flags", "message"), [
    (["--model_dir={exported}"], "the model gp_wirgan draws images and translates none; use --mode=sample"),
    (["--model_dir={colouring}", "--direction=b_to_a"], "direction=b_to_a: this model has one direction; leave it out"),
    (["--model_dir={colouring}", "--attributes=Male"], "attributes has no effect"),
    (["--model_dir={colouring}", "--tile=12"], "tile=12: must be a multiple of 8, and at least 8"),
    (["--model_dir={colouring}", "--tile_overlap=4"], "tile_overlap has no effect: without tile no picture is cut"),
    (["--model_dir={colouring}", "--targets=x"], "targets has no effect: without sheet nothing is compared"),
    (["--model_dir={colouring}", "--sheet=x.jpg"], "--sheet=.*x.jpg: expected a name that ends in .png"),
    (["--model_dir={colouring}", "--sheet=absent/x.png"], "the folder .*absent does not exist"),
    (["--model_dir={both_ways}", "--direction=back"], "direction=back: the choices are a_to_b, b_to_a"),
    (["--model_dir={tinting}"], "this model translates to attributes; .* by --attributes: red, green, thick, or none"),
    (["--model_dir={tinting}", "--attributes=red,green"], "red and green exclude one another; name one of them"),
    ([], "--mode=translate needs --run_dir of a run or --model_dir of an exported generator"),
])
def test_what_cannot_be_asked(exported, colouring, both_ways, tinting, folder, flags, message):
    models = {"exported": exported[1], "colouring": colouring[1], "both_ways": both_ways[1], "tinting": tinting[1]}
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        translate(folder, *(flag.format(**models) for flag in flags))
    assert not (folder / "out").exists()


def test_nothing_to_translate(colouring, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"input=.*in: there is no such picture or folder"):
        translate(tmp_path, f"--model_dir={colouring[1]}")


def test_targets_that_are_not_there_are_said_before_the_work(run, folder):
    with pytest.raises(FileNotFoundError, match="--targets=nowhere: there is no such folder"):
        translate(folder, f"--run_dir={run}", f"--sheet={folder / 'sheet.png'}", "--targets=nowhere")
    assert not (folder / "out").exists()
