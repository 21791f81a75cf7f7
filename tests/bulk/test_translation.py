"""A folder of pictures translated in shards."""

import json

import numpy as np
import pytest
from PIL import Image

from wirgan_tf.bulk.folder import Folder
from wirgan_tf.bulk.shards import cut
from wirgan_tf.bulk.translation import SUFFIX, TranslationJob, names_hash
from wirgan_tf.command_line import parse
from wirgan_tf.translation.files import tasks
from wirgan_tf.translation.translator import Asked


@pytest.fixture
def pictures(tmp_path):
    """Four pictures and a broken one."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for number in range(4):
        pixels = np.random.default_rng(number).integers(0, 256, [9, 8 + number % 2], np.uint8)
        Image.fromarray(pixels).save(tmp_path / "in" / ("deep" if number % 2 else "") / f"{number}.png")
    (tmp_path / "in" / "broken.png").write_bytes(b"no picture")
    return tmp_path


def command(folder, model, *flags):
    return parse(["wirgan_tf", "--mode=bulk_translate", f"--model_dir={model}", f"--input={folder / 'in'}",
                  f"--output={folder / 'out'}", "--shard_samples=2", "--workers=1",
                  "--beam_option=direct_running_mode=in_memory", *flags])


def test_the_command_is_gone_on_with(colouring, pictures, capsys):
    for _ in range(2):
        with pytest.raises(OSError, match=r"1 of 5 pictures could not be read: broken\.png"):
            command(pictures, colouring[1]).run()
        assert capsys.readouterr().out == f"4 of 5 pictures translated to {pictures / 'out' / 'translations'}\n"
    translations = pictures / "out" / "translations"
    found = {path.relative_to(translations).as_posix(): Image.open(path).size for path in translations.rglob("*.png")}
    assert found == {"0.png": (8, 9), "2.png": (8, 9), "deep/1.png": (9, 9), "deep/3.png": (9, 9)}
    manifest = json.loads((pictures / "out" / "manifest.json").read_text())
    assert (manifest["finished"], manifest["job"]["pictures"], len(manifest["shards"])) == (True, 5, 3)
    with pytest.raises(ValueError, match=r"holds another job: tile \(0 there, 8 asked for\)"):
        command(pictures, colouring[1], "--tile=8", "--tile_overlap=2").run()


def test_other_pictures_than_at_the_beginning(colouring, pictures):
    folder = Folder(pictures / "out", SUFFIX)
    folder.begin({})
    names = names_hash(tasks(pictures / "in", folder.path), pictures / "in")
    job = TranslationJob(colouring[1], folder, pictures / "in", 5, Asked(), names)
    do, shards = job.open(0), cut(5, 5)
    do(shards[0])
    assert job.broken(shards) == ["broken.png"]
    (pictures / "in" / "0.png").unlink()
    with pytest.raises(ValueError, match="in has 4 pictures, and the job began with 5; leave the folder as it was"):
        job.open(0)


def test_a_picture_of_another_name(colouring, pictures):
    """Its place in the list of names, and so its shard, may be another one's."""
    with pytest.raises(OSError, match="1 of 5 pictures could not be read"):
        command(pictures, colouring[1]).run()
    (pictures / "in" / "0.png").rename(pictures / "in" / "9.png")
    with pytest.raises(ValueError, match=r"holds another job: names_hash \("):
        command(pictures, colouring[1]).run()
    job = TranslationJob(colouring[1], Folder(pictures / "out", SUFFIX), pictures / "in", 5, Asked(), "of others")
    with pytest.raises(ValueError, match="in has pictures of other names than when the job began; leave the folder"):
        job.open(0)


@pytest.mark.parametrize(("of", "message"), [
    ("exported", "the model gp_wirgan draws images and translates none"), ("colouring", "in is no folder")])
def test_what_cannot_be_translated(request, tmp_path, of, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        command(tmp_path, request.getfixturevalue(of)[1]).run()
