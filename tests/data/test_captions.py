"""A folder of images with texts."""

import json
import unicodedata

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests import sentence_transformers_double as double
from wirgan_tf import data, files, sentence_encoders
from wirgan_tf.data import image_folder
from wirgan_tf.data.captions import Captions
from wirgan_tf.entries import Entry

ROWS = [("train/1.png", "a red bird"), ("train/1.png", "a bird, red"), ("train/2.png", "a blue bird"),
        ("test/3.png", "the green bird")]


@pytest.fixture(autouse=True)
def _fresh():
    image_folder._contents.cache_clear()


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(("train/1.png", "train/2.png", "test/3.png")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (8, 8), (60 * number, 0, 0)).save(tmp_path / name)
    write(tmp_path, ROWS)
    return tmp_path


def write(folder, rows):
    lines = ["file,text", *(f'{name},"{text}"' for name, text in rows)]
    (folder / "captions.csv").write_text("\n".join(lines) + "\n")


def load(folder, split="train", **settings):
    return data.load(Captions(data_dir=str(folder), image_size=8, **settings), split)


def embeddings(source):
    """All embeddings that each image may have."""
    found = [set() for _ in range(source.size)]
    for seed in range(40):
        seeds = tf.fill([source.size], tf.constant(seed, tf.int64))
        for texts, row in zip(found, source.examples(tf.range(source.size, dtype=tf.int64), seeds)["embedding"],
                              strict=True):
            texts.add(tuple(row.numpy().tolist()))
    return found


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_each_image_has_its_texts_as_bags_of_the_training_words(folder, kind):
    if kind == "jsonl":
        (folder / "captions.csv").unlink()
        (folder / "captions.jsonl").write_text(
            "".join(json.dumps({"file": name, "text": text}) + "\n" for name, text in ROWS))
    train, test = load(folder), load(folder, "test")
    assert train.spec["embedding"].names == test.spec["embedding"].names == ("a", "bird", "blue", "red")
    assert embeddings(train) == [{(1, 1, 0, 1)}, {(1, 1, 1, 0)}]
    assert embeddings(test) == [{(0, 1, 0, 0)}]
    assert load(folder, vocabulary_size=1).spec["embedding"].names == ("a",)


def test_vectors_of_a_file_go_by_the_rows_of_the_table(folder):
    np.save(folder / "captions.npy", np.array([[0.5], [1.5], [2.5], [3.5]]))
    train = load(folder, text_encoder="file")
    assert train.spec["embedding"].shape == (1,)
    assert train.spec["embedding"].names == ()
    assert embeddings(train) == [{(0.5,), (1.5,)}, {(2.5,)}]
    assert embeddings(load(folder, "test", text_encoder="file")) == [{(3.5,)}]


def test_a_language_model_encodes_each_text_once(folder, tmp_path, monkeypatch):
    model = double.install(monkeypatch)
    monkeypatch.setattr(files, "CACHE", tmp_path / "cache")
    train = load(folder, text_encoder=double.ENCODER)
    assert model.encoded == 3
    again = load(folder, text_encoder=double.ENCODER)
    assert model.encoded == 3  # from the cache
    assert train.spec["embedding"] == Entry((4,), encoder=double.ENCODER)
    assert train.identity == again.identity != load(folder).identity
    for source in (train, again):
        texts = [{ROWS[0][1], ROWS[1][1]}, {ROWS[2][1]}]
        expected = [{tuple(row) for row in sentence_encoders.sentence_vectors(sorted(said), double.ENCODER).tolist()}
                    for said in texts]
        assert embeddings(source) == expected


def test_other_texts_are_other_data(folder):
    before = load(folder).identity
    write(folder, [*ROWS[:2], ("train/2.png", "a red bird"), ROWS[3]])
    assert load(folder).identity != before


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("in_table", ["NFC", "NFD"])
def test_accents_may_be_composed_or_not(tmp_path, on_disk, in_table):
    """Archives of a Mac have decomposed names."""
    for number, split in enumerate(("train", "test")):
        path = tmp_path / split / unicodedata.normalize(on_disk, "é.png")
        path.parent.mkdir()
        Image.new("RGB", (8, 8), (60 * number, 0, 0)).save(path)
    write(tmp_path, [(unicodedata.normalize(in_table, f"{split}/é.png"), "a bird") for split in ("train", "test")])
    assert embeddings(load(tmp_path)) == [{(1, 1)}]


@pytest.mark.parametrize(("rows", "message"), [
    (ROWS[:2] + ROWS[3:], "1 images in .* have no text: train/2.png; give each a row"),
    ([*ROWS, ("train/9.png", "none")], "1 texts are of no image in .*: train/9.png"),
    ([*ROWS[:3], ("test/3.png", " ")], "has no text in rows of test/3.png"),
])
def test_texts_that_do_not_fit_are_refused(folder, rows, message):
    write(folder, rows)
    with pytest.raises(ValueError, match=message):
        load(folder)


@pytest.mark.parametrize(("name", "content", "message"), [
    ("captions.csv", "name,text\n", "cannot be read as captions: it begins with 'name,text'"),
    ("captions.csv", "file,text\n1.png,a,b\n", "line 2 has 3 values"),
    ("captions.jsonl", "{}", "are both there; keep one of them"),
])
def test_tables_that_are_no_captions_are_refused(folder, name, content, message):
    (folder / name).write_text(content)
    with pytest.raises(ValueError, match=message):
        load(folder)


@pytest.mark.parametrize("encoder", ["words", "sentence_transformer", "sentence_transformer:"])
def test_an_unknown_encoder_is_refused(encoder):
    with pytest.raises(ValueError, match=f"text_encoder={encoder}: the choices are bag_of_words, file, and sentence"):
        Captions(text_encoder=encoder)


def test_what_is_missing_is_named(folder):
    with pytest.raises(FileNotFoundError, match=r"text_encoder=file needs .*captions\.npy"):
        load(folder, text_encoder="file")
    np.save(folder / "captions.npy", np.zeros([3, 2]))
    with pytest.raises(ValueError, match=r"captions\.npy has shape \[3, 2\] and type float64; expected"):
        load(folder, "test", text_encoder="file")
    (folder / "captions.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"there is no captions\.csv or captions\.jsonl in"):
        load(folder)
