"""Which files of a folder are a data set's images; none is decoded here, so most are empty."""

import os
import shutil

import pytest

from wirgan_tf.data.image_files import ENDINGS, by_split_folder, list_images


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def names(folder):
    return [file.name for file in list_images(folder).files]


def passed_over(folder):
    return dict(list_images(folder).passed_over)


def split_names(folder):
    groups = by_split_folder(folder, list_images(folder).files)
    return {split: [file.name for file in files] for split, files in groups.items()}


@pytest.mark.parametrize("ending", ENDINGS)
def test_endings(tmp_path, ending):
    touch(tmp_path, f"a{ending}", f"b{ending.upper()}", f"c{ending}.txt", "d")
    assert names(tmp_path) == [f"a{ending}", f"b{ending.upper()}"]
    assert passed_over(tmp_path) == {"files of other endings (.txt 1, none 1)": 2}


@pytest.mark.parametrize("folder", [".ipynb_checkpoints", ".thumbnails", ".git/objects", "__MACOSX", "@eaDir",
                                    "lost+found", "$RECYCLE.BIN", "System Volume Information", "#recycle"])
def test_hidden_and_system_folders(tmp_path, folder):
    touch(tmp_path, "a.png", f"{folder}/a.png", f"below/{folder}/deeper/a.png", "below/b.png")
    assert names(tmp_path) == ["a.png", "below/b.png"]
    assert passed_over(tmp_path) == {"hidden or system folders": 2}


def test_hidden_files(tmp_path):
    touch(tmp_path, "a.png", "._a.png", ".b.png")
    assert names(tmp_path) == ["a.png"]
    assert passed_over(tmp_path) == {"hidden files": 2}


def test_the_folder_itself_and_those_above_may_be_hidden(tmp_path, monkeypatch):
    touch(tmp_path / ".cache" / ".photos", "a.png")
    assert names(tmp_path / ".cache" / ".photos") == ["a.png"]
    monkeypatch.chdir(tmp_path / ".cache" / ".photos")
    assert names(type(tmp_path)(".")) == ["a.png"]


@pytest.mark.parametrize(("link", "target"), [("photos/up", ".."), ("photos/self", "."), ("above", "../.."),
                                              ("all", "/"), ("photos/deep/up", "../..")])
def test_links_that_lead_up_are_not_followed(tmp_path, link, target):
    root = tmp_path / "above" / "root"
    touch(tmp_path / "above", "root/photos/deep/a.png", "not_of_the_set.png")
    os.symlink(target, root / link)
    assert names(root) == ["photos/deep/a.png"]
    assert sum(passed_over(root).values()) == 1


def test_two_links_that_lead_up_end(tmp_path):
    touch(tmp_path, "photos/a.png", "photos/b.png")
    os.symlink("..", tmp_path / "photos" / "up")
    os.symlink("../photos", tmp_path / "photos" / "again")
    assert names(tmp_path) == ["photos/a.png", "photos/b.png"]


def test_a_folder_goes_before_the_links_to_it_whatever_their_names(tmp_path):
    touch(tmp_path, "m/below/a.png")
    os.symlink("m", tmp_path / "a")
    os.symlink("../m/below", tmp_path / "m" / "z")
    assert names(tmp_path) == ["m/below/a.png"]
    assert passed_over(tmp_path) == {"further links to the same folder": 2}


def test_two_links_that_lead_out_of_the_folder_are_followed_once(tmp_path):
    touch(tmp_path / "elsewhere", "a.png", ".hidden/b.png")
    (tmp_path / "root").mkdir()
    for name in ("one", "two"):
        os.symlink(tmp_path / "elsewhere", tmp_path / "root" / name)
    os.symlink(tmp_path / "elsewhere" / ".hidden", tmp_path / "root" / "shown")  # as stores of content do
    assert names(tmp_path / "root") == ["one/a.png", "shown/b.png"]


def test_each_file_once(tmp_path):
    touch(tmp_path, "m.png")
    (tmp_path / "m.png").write_bytes(b"content")
    os.symlink("m.png", tmp_path / "a.png")
    os.link(tmp_path / "m.png", tmp_path / "n.png")
    shutil.copy(tmp_path / "m.png", tmp_path / "copy.png")  # a file of its own
    assert names(tmp_path) == ["copy.png", "m.png"]
    assert passed_over(tmp_path) == {"further links to the same file": 2}


def test_what_cannot_be_read_as_a_file(tmp_path):
    touch(tmp_path, "a.png")
    os.symlink("nowhere.png", tmp_path / "b.png")
    os.symlink("c.png", tmp_path / "c.png")
    os.mkfifo(tmp_path / "d.png")
    (tmp_path / "folder.png").mkdir()
    assert names(tmp_path) == ["a.png"]
    assert passed_over(tmp_path) == {"links to nothing": 2, "other than regular files": 1}


def test_results_of_this_program_are_left_out(tmp_path):
    touch(tmp_path, "a.png", "runs/one/config.json", "runs/one/checkpoints/1", "runs/one/samples/1.png",
          "bulk/manifest.json", "bulk/shard-00000-of-00001/1.png", "toy/numbers.jsonl", "toy/picture.png",
          "photos/config.json", "photos/b.png")
    assert names(tmp_path) == ["a.png", "photos/b.png"]
    assert passed_over(tmp_path)["folders of this program's results"] == 3
    assert names(tmp_path / "runs" / "one" / "samples") == ["1.png"]  # when they are asked for
    assert names(tmp_path / "bulk") == ["shard-00000-of-00001/1.png"]


def test_a_run_in_the_folder_of_its_own_data(tmp_path):
    touch(tmp_path, "a.png", "photos/b.png", "config.json", "checkpoints/1", "samples/1.png")
    assert names(tmp_path) == ["a.png", "photos/b.png"]


def test_no_image_says_what_was_passed_over(tmp_path):
    touch(tmp_path, ".a.png", "runs/config.json", "runs/checkpoints/1")
    with pytest.raises(FileNotFoundError, match=r"there is no image in .* or below it \(passed over: hidden files: 1, "
                                                r"folders of this program's results: 1\); the accepted endings are"):
        list_images(tmp_path)


def test_keys_do_not_depend_on_how_accents_are_stored(tmp_path):
    touch(tmp_path / "composed", "\u00e9.png")
    touch(tmp_path / "decomposed", "e\u0301.png")
    assert [list_images(tmp_path / name).files[0].key for name in ("composed", "decomposed")] == [
        "\u00e9.png".encode()] * 2


def test_names_that_are_no_utf_8(tmp_path):
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff.png", os.O_CREAT))
    assert [file.key for file in list_images(tmp_path).files] == [b"\xff.png"]


@pytest.mark.parametrize(("folders", "splits"), [
    (("train", "test"), {"train", "test"}),
    (("Train", "Test"), {"train", "test"}),
    (("TRAINING", "testing", "Valid"), {"train", "test", "validation"}),
    (("train", "val"), {"train", "validation"}),
    (("train", "validation", "test"), {"train", "test", "validation"}),
    (("train", "dev"), {"train", "validation"}),
    (("train",), {"train"}),
])
def test_split_folders(tmp_path, folders, splits):
    for folder in folders:
        touch(tmp_path, f"{folder}/{folder}.png", f"{folder}/below/{folder}.png")
    found = split_names(tmp_path)
    assert set(found) == splits
    for files in found.values():
        assert len(files) == 2
        assert len({name.split("/")[0] for name in files}) == 1


def test_split_folders_behind_links(tmp_path):
    touch(tmp_path / "elsewhere", "a.png")
    touch(tmp_path, "root/test/b.png")
    os.symlink(tmp_path / "elsewhere", tmp_path / "root" / "train")
    assert split_names(tmp_path / "root") == {"train": ["train/a.png"], "test": ["test/b.png"]}


@pytest.mark.parametrize("folders", [("cats", "dogs"), ("cats",), ("2019/train_station", "2020/park")])
def test_other_folders_are_no_splits(tmp_path, folders):
    touch(tmp_path, "a.png", *(f"{folder}/a.png" for folder in folders))
    assert set(split_names(tmp_path)) == {"train"}
    assert len(split_names(tmp_path)["train"]) == 1 + len(folders)


@pytest.mark.parametrize(("files", "message"), [
    (("train/a.png", "extra/a.png"), r"holds the folders train, and beside them images such as extra/a\.png; expected"),
    (("train/a.png", "test/a.png", "b.png"), r"holds the folders test, train, and beside them images such as b\.png"),
    (("cats/a.png", "test/a.png"), r"holds the folders test, and beside them images such as cats/a\.png"),
    (("test/a.png",), r"holds the folders test; expected train and test, validation or both, and nothing else"),
    (("val/a.png", "test/a.png"), "holds the folders test, val; expected train and test"),
    (("train/a.png", "Training/a.png"), "holds the folders Training, train; expected"),
    (("train/a.png", "val/a.png", "dev/a.png"), "holds the folders dev, train, val; expected"),
    (("images/train/a.png", "images/val/a.png"), r"/images holds train, val, which look like splits; give as"),
    (("bottle/train/a.png", "bottle/test/a.png", "cable/train/a.png"), "/bottle holds test, train, which look like"),
    (("train2017/a.png", "val2017/a.png"), "holds train2017, val2017, which look like splits"),
    (("trainA/a.png", "trainB/a.png", "testA/a.png"), "holds testA, trainA, trainB, which look like splits"),
    (("DIV2K_train_HR/a.png", "DIV2K_valid_HR/a.png"), "holds DIV2K_train_HR, DIV2K_valid_HR, which look like splits"),
])
def test_a_mix_that_is_not_understood_is_refused(tmp_path, files, message):
    touch(tmp_path, *files)
    with pytest.raises(ValueError, match=message) as raised:
        split_names(tmp_path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("empty", ["test", "val"])
def test_an_empty_split_folder(tmp_path, empty):
    touch(tmp_path, "train/a.png", f"{empty}/notes.txt")
    with pytest.raises(FileNotFoundError, match=rf"there is no image in .*/{empty} or below it"):
        split_names(tmp_path)
