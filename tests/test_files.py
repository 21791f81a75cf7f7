import os
import pathlib
import tempfile

import pytest

from wirgan_tf.files import literal_path, whole_file, write_whole


def test_writes_the_whole_file_over_an_older_one(tmp_path):
    for content in (b"older", b"newer"):
        write_whole(tmp_path / "file", content)
    assert (tmp_path / "file").read_bytes() == b"newer"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_names_the_file_and_leaves_the_older_one(tmp_path):
    write_whole(tmp_path / "file", b"older")
    (tmp_path / ".file.partial").symlink_to("/dev/full")
    with pytest.raises(OSError, match=r"could not write .*file: No space left on device"):
        write_whole(tmp_path / "file", b"newer")
    assert (tmp_path / "file").read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_block_that_fails_writes_nothing(tmp_path):
    with pytest.raises(TypeError), whole_file(tmp_path / "file") as file:
        file.write(b"half", "and no more")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["lr[1e-3]", "exp?", "*", "a\\b", "a]"])
def test_tensorflow_is_given_a_link_instead_of_a_pattern(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / name / "model"
    folder.mkdir(parents=True)
    (folder / "file").write_text("mine")
    with literal_path((tmp_path / name).relative_to(tmp_path) / "model") as path:
        assert not set(path) & set("[]*?\\")
        assert pathlib.Path(path, "file").read_text() == "mine"
    assert not os.path.lexists(path)
    assert (folder / "file").exists()
    monkeypatch.chdir(tmp_path / name)
    with literal_path((tmp_path / name / "model").relative_to(tmp_path / name)) as path:  # the pattern is above
        assert not set(path) & set("[]*?\\")
    with literal_path(tmp_path / "a b") as path:
        assert path == str(tmp_path / "a b")


def test_no_folder_for_links(tmp_path, monkeypatch):
    (tmp_path / "t[1]").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t[1]"))
    with pytest.raises(ValueError, match=r"set TMPDIR to a folder without them"), literal_path(tmp_path / "m?"):
        pass
    assert list((tmp_path / "t[1]").iterdir()) == []
