"""Classes and attributes of a folder's images."""

import logging

import numpy as np
import pytest
from PIL import Image

from wirgan_tf import data
from wirgan_tf.data import image_folder, picture_files
from wirgan_tf.data.image_folder import ImageFolder


def fill(folder, *names):
    """Pictures, each of a colour of its own."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4), (len(list(folder.rglob("*"))), 7, 9)).save(path)


def load(folder, labels="auto", split="train"):
    return data.load(ImageFolder(data_dir=str(folder), image_size=4, labels=labels), split)


def labels_by_name(folder, labels="auto", splits=("train", "test")):
    sources = [load(folder, labels, split) for split in splits]
    return {key.decode(): source.spec["label"].names[label] for source in sources
            for key, label in zip(source.example_keys(), source.labels, strict=True)}


def last_line(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno == logging.INFO][-1]


@pytest.fixture(autouse=True)
def fresh(caplog):
    image_folder._contents.cache_clear()
    caplog.set_level(logging.INFO)


CLASSES = ("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png")
IN_SPLITS = tuple(f"{split}/{name}" for split in ("train", "test") for name in CLASSES)


@pytest.mark.parametrize("labels", ["auto", "folders"])
@pytest.mark.parametrize("names", [CLASSES, IN_SPLITS])
def test_a_folder_a_class(tmp_path, labels, names, caplog):
    fill(tmp_path, *names)
    assert labels_by_name(tmp_path, labels) == {name: name.split("/")[-2] for name in names}
    assert load(tmp_path, labels).spec["label"].names == ("cat", "dog")
    assert last_line(caplog).endswith("passed over: nothing; 2 classes (cat, dog) by folders")
    # Classes stand in the names already: the data is the same with them and without.
    assert load(tmp_path, labels).identity == load(tmp_path, "none").identity
    assert "label" not in load(tmp_path, "none").spec


@pytest.mark.parametrize("names", [
    ("1.png", "2.png"), ("cat/1.png", "cat/2.png"), (*CLASSES, "1.png"), (*CLASSES, "cat/young/1.png"),
    tuple(f"a/{name}" for name in CLASSES), (*IN_SPLITS, "test/3.png")])
def test_other_folders_are_no_classes_by_themselves(tmp_path, names, caplog):
    fill(tmp_path, *names)
    assert (list(load(tmp_path).spec), load(tmp_path).num_classes) == (["image"], 0)
    assert last_line(caplog).endswith("passed over: nothing")


def test_splits_of_other_classes(tmp_path, caplog):
    fill(tmp_path, *IN_SPLITS, "test/bird/1.png", "val/cat/1.png")
    differences = "train lacks bird, validation lacks bird, dog"
    assert "label" not in load(tmp_path).spec
    assert last_line(caplog).endswith(f"no labels: the splits in {tmp_path} have other folders of classes: "
                                      f"{differences}")
    with pytest.raises(ValueError, match=f"have other folders of classes: {differences}$"):
        load(tmp_path, "folders")


def test_folders_that_are_asked_for(tmp_path):
    """May be deeper, and a single one; an image in none is an error."""
    fill(tmp_path, "cat/1.png", "cat/old/2.png")
    assert labels_by_name(tmp_path, "folders") == {"cat/1.png": "cat", "cat/old/2.png": "cat"}
    fill(tmp_path, "3.png")
    with pytest.raises(ValueError, match=r"^1 images in .* are in no folder of a class: 3\.png; expected a folder a"):
        load(tmp_path, "folders")


def test_many_classes_in_the_order_of_their_numbers(tmp_path, caplog):
    """Some have an image for testing alone, and the line that says what is used says it."""
    fill(tmp_path, *(f"{number}/1.png" for number in range(0, 3000, 100)))
    assert load(tmp_path).spec["label"].names == tuple(str(number) for number in range(0, 3000, 100))
    tested = load(tmp_path, split="test")
    assert tested.size == 2
    without = [tested.spec["label"].names[label] for label in sorted(tested.labels)]
    assert last_line(caplog).endswith("; 30 classes (0, 100, 200, 300, 400 and 25 more) by folders, 2 of them without "
                                      f"images to train on ({without[0]}, {without[1]})")


def table(folder, *lines, name="labels.csv", encoding="utf-8"):
    (folder / name).write_text("\n".join(lines) + "\n", encoding=encoding)


FILES = ("1.png", "2.png", "below/3.png")
ROWS = ("file,label", "1.png,cat", "./2.png, dog", "", '"below/3.png",cat')


def test_a_table(tmp_path, caplog):
    fill(tmp_path, *FILES)
    plain = load(tmp_path).identity
    table(tmp_path, *ROWS, encoding="utf-8-sig")
    assert "label" not in load(tmp_path).spec
    assert last_line(caplog).endswith("; labels.csv not used (labels=csv does)")
    assert load(tmp_path).identity == load(tmp_path, "none").identity == plain
    asked = load(tmp_path, "csv")
    assert labels_by_name(tmp_path, "csv") == {"1.png": "cat", "2.png": "dog", "below/3.png": "cat"}
    assert "; 2 classes (cat, dog) by labels.csv" in last_line(caplog)
    table(tmp_path, *ROWS[:-1], "below/3.png,dog")  # within one process, too
    assert len({plain, asked.identity, load(tmp_path, "csv").identity}) == 3


@pytest.mark.parametrize("streamed", [False, True])
def test_a_table_of_attributes(tmp_path, monkeypatch, streamed):
    fill(tmp_path, *(f"{split}/{number}.png" for split in ("train", "test") for number in range(3)))
    for split in ("train", "test"):
        table(tmp_path / split, "file,old,label,red", "0.png,0,b,1", "1.png,1,a,1", "2.png,1,a,0")
    if streamed:
        monkeypatch.setattr(picture_files, "LARGEST_IN_MEMORY", 0)
    source = load(tmp_path, "csv")
    assert (source.num_classes, source.spec["attributes"].names) == (2, ("old", "red"))
    (batch,) = data.batches_in_order(source, 5).as_numpy_iterator()
    assert {name: (value.shape[1:], value.dtype) for name, value in batch.items()} == {
        name: (entry.shape, entry.dtype.as_numpy_dtype) for name, entry in source.spec.items()}
    np.testing.assert_array_equal(batch["label"], [1, 0, 0])
    np.testing.assert_array_equal(batch["attributes"], [[0, 1], [1, 1], [1, 0]])
    drawn = data.conditions_of(source, ["label", "attributes"])(np.arange(6))
    assert drawn["label"].sum() == 2
    assert drawn["attributes"].sum(axis=0).tolist() == [4, 4]


@pytest.mark.parametrize(("lines", "message"), [
    (ROWS[:3], r"^1 images have no row in .*/labels\.csv: below/3\.png$"),
    ((*ROWS, *(f"no{place}.png,cat" for place in range(7))),
     r"^7 rows of .*/labels\.csv name no image in .*: no0\.png, .*, no4\.png and 2 more; expected paths below"),
    ((*ROWS, "1.png,dog"), r"labels\.csv: line 6 has 1\.png again; expected a row an image"),
    ((*ROWS[:3], "below/3.png,"), r"line 4 has label=; expected a row an image, with a class"),
    ((*ROWS[:3], "below/3.png"), "line 4 has 1 values instead of 2"),
    (("file,old,red", "1.png,0,2", "2.png,yes,1", "below/3.png,-1,"),
     r"line 2 has red=2, line 3 has old=yes, line 4 has old=-1, red=; expected .* 0 or 1 for each attribute"),
    (("name,label", *ROWS[1:]), r"begins with 'name,label'; expected file,label or file,<attribute>,\.\.\., each"),
    (("file;label", "1.png;cat"), "begins with 'file;label'; expected"),
    (("file,old,old", "1.png,0,1"), "each column once"),
    (("",), "begins with ''"),
    (("file,label", '1.png,"cat'), "cannot be read as a table of commas in UTF-8"),
])
def test_tables_that_do_not_fit(tmp_path, lines, message):
    fill(tmp_path, *FILES)
    table(tmp_path, *lines)
    with pytest.raises(ValueError, match=message):
        load(tmp_path, "csv")


def test_tables_of_splits(tmp_path):
    fill(tmp_path, "train/1.png", "test/1.png")
    with pytest.raises(FileNotFoundError, match=r"labels=csv needs .*/labels\.csv, or one in the folder of each split"):
        load(tmp_path, "csv")
    table(tmp_path / "train", "file,label", "1.png,cat")
    table(tmp_path / "test", "file,kind", "1.png,1")
    with pytest.raises(ValueError, match=r"has the columns file,kind|has the columns file,label"):
        load(tmp_path, "csv")
    table(tmp_path / "test", "file,label", "1.png,Cat")
    with pytest.raises(ValueError, match="has classes without images to train on: Cat"):
        load(tmp_path, "csv")
    table(tmp_path, "file,label", "train/1.png,cat", "test/1.png,cat")
    with pytest.raises(ValueError, match="are both there; keep one of them"):
        load(tmp_path, "csv")
    for split in ("train", "test"):
        (tmp_path / split / "labels.csv").unlink()
    assert load(tmp_path, "csv").spec["label"].names == ("cat",)


TINTS = "file,red,green,thick\n1.png,1,0,1\n2.png,0,1,1\n"


@pytest.mark.parametrize(("exclusive", "groups"), [
    ("", ()), ("red,green", (("red", "green"),)), (" red, green;thick ;", (("red", "green"), ("thick",)))])
def test_exclusive_attributes(tmp_path, exclusive, groups):
    fill(tmp_path, "1.png", "2.png")
    (tmp_path / "labels.csv").write_text(TINTS)
    sources = [data.load(ImageFolder(data_dir=str(tmp_path), image_size=4, labels="csv", exclusive=exclusive,
                                     flip=flip), "train") for flip in (False, True)]
    for source in sources:
        assert source.spec["attributes"].groups == groups
        assert source.spec["attributes"].names == ("red", "green", "thick")
    assert sources[0].identity == sources[1].identity == load(tmp_path, "csv").identity


@pytest.mark.parametrize(("labels", "exclusive", "message"), [
    ("csv", "red,blue", "blue of exclusive attributes is none of red, green, thick; name each attribute once"),
    ("none", "red,green", "exclusive attributes red, green were given, and the images have none; give them by")])
def test_exclusive_attributes_that_are_not_there(tmp_path, labels, exclusive, message):
    fill(tmp_path, "1.png", "2.png")
    (tmp_path / "labels.csv").write_text(TINTS)
    with pytest.raises(ValueError, match=f"^{message}"):
        data.load(ImageFolder(data_dir=str(tmp_path), image_size=4, labels=labels, exclusive=exclusive), "train")


def test_mirrored_images_keep_the_frequencies_of_their_classes(tmp_path):
    fill(tmp_path, *CLASSES)
    source = data.load(ImageFolder(data_dir=str(tmp_path), image_size=4, flip=True), "train")
    assert sum(data.label_frequencies(source)) == source.size
