"""The commands of docs/training.md that train translations as their papers did, on pictures of the right layout."""

import math
import pathlib
import shlex

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from tests.data import prepared_folders
from tests.end_to_end.test_readme import PROGRAM, ROOT, blocks
from wirgan_tf import data
from wirgan_tf.command_line import parse
from wirgan_tf.data import celeba
from wirgan_tf.models import build_model

COMMANDS = [line.split(PROGRAM)[1] for block in blocks("sh", (ROOT / "docs" / "training.md").read_text())
            for line in block.splitlines() if PROGRAM in line and "_t1.flags --" in line]


def pictures(folder, count, width, height, ending=".jpg"):
    folder.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for number in range(count):
        coarse = generator.integers(0, 256, (8, 8 * width // height, 3), np.uint8)
        Image.fromarray(coarse).resize((width, height)).save(folder / f"{number + 1}{ending}")


@pytest.fixture
def archives(tmp_path, monkeypatch):
    """The working folder, with small ones in the layout of the published archives."""
    for split in ("train", "val", "test"):
        pictures(tmp_path / "facades" / split, 3, 512, 256)
    for split in ("train", "test"):
        pictures(tmp_path / "maps" / split, 2, 1200, 600)
    for domain, count in (("A", 2), ("B", 3)):
        pictures(tmp_path / "horse2zebra" / f"train{domain}", count, 256, 256)
        pictures(tmp_path / "horse2zebra" / f"test{domain}", 1, 256, 256)
    of_domains = tfds.features.FeaturesDict({"image": tfds.features.Image(shape=(None, None, 3))})
    pixels = np.random.default_rng(0).integers(0, 256, (4, 256, 256, 3), np.uint8)
    prepared_folders.write(tmp_path / "tensorflow_datasets", "cycle_gan/horse2zebra", of_domains, {
        f"{split}{domain}": [{"image": image} for image in pixels] for split in ("train", "test") for domain in "AB"})
    of_faces = tfds.features.FeaturesDict({"image": tfds.features.Image(shape=(218, 178, 3)),
                                           "attributes": dict.fromkeys(celeba.ATTRIBUTES, np.bool_)})
    faces = [{"image": image[:218, :178], "attributes": dict.fromkeys(celeba.ATTRIBUTES, number % 2)}
             for number, image in enumerate(pixels.repeat(6, axis=0))]
    prepared_folders.write(tmp_path / "tensorflow_datasets", "celeb_a", of_faces, {
        "train": faces[:20], "validation": faces[20:22], "test": faces[22:]})
    monkeypatch.setattr(celeba, "FACES", 24)
    monkeypatch.setattr(celeba, "TRAIN_FACES", 22)
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", [COMMANDS[0], *(pytest.param(command, marks=pytest.mark.exhaustive)
                                                    for command in COMMANDS[1:])])
def test_makes_two_updates_at_a_small_width(command, archives):
    config = parse(["main", *shlex.split(command), "--width=2"]).config()
    splits = data.load_splits(config.data, config.validation_share)
    assert splits.train.shape == (config.data.image_size, config.data.image_size, 3)
    model = build_model(config, splits.train.spec)
    batches = data.training_batches(splits.train, batch_size=config.batch_size, batches=config.family.batches, seed=0)
    for batch in batches.take(2):
        assert all(math.isfinite(float(value)) for value in model.train_step(batch).values())


def test_there_is_a_command_for_each_archive():
    assert [pathlib.PurePath(flag.partition("=")[2]).name for command in COMMANDS for flag in shlex.split(command)
            if flag.startswith("--data_dir=")] == ["facades", "maps", "tensorflow_datasets", "horse2zebra",
                                                   "tensorflow_datasets"]
