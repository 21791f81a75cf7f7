import pathlib

import pytest

from wirgan_tf.files import write_whole


def test_writes_the_whole_file_over_an_older_one(tmp_path):
    for content in (b"older", b"newer"):
        write_whole(tmp_path / "file", content)
    assert (tmp_path / "file").read_bytes() == b"newer"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_failed_write_names_the_file_and_leaves_the_older_one(tmp_path, monkeypatch):
    write_whole(tmp_path / "file", b"older")

    def half(self, content):
        with self.open("wb") as file:
            file.write(content[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pathlib.Path, "write_bytes", half)
    with pytest.raises(OSError, match=r"could not write .*file: No space left on device"):
        write_whole(tmp_path / "file", b"newer")
    monkeypatch.undo()
    assert (tmp_path / "file").read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
