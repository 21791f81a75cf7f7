import errno
import fcntl
import io
import json
import logging
import os
import pathlib
import resource
import runpy
import tempfile
import threading

import pytest

from wirgan_tf import files
from wirgan_tf.evaluation.files import save_arrays
from wirgan_tf.files import append_lines, expanded, literal_path, optional_cache, read_lines, whole_file, write_whole


@pytest.fixture
def full_disk():
    """No file of this process may grow beyond 1,000 bytes: the write that reaches them is short, the next one fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # Python ignores SIGXFSZ: such a write raises EFBIG
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_writes_the_whole_file_over_an_older_one(tmp_path):
    for content in (b"older", b"newer"):
        write_whole(tmp_path / "file", content)
    assert (tmp_path / "file").read_bytes() == b"newer"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("write", [lambda path: write_whole(path, b"x" * 2000),
                                   lambda path: save_arrays(path, {"x": bytearray(2000)})])
def test_a_failed_write_names_the_file_and_leaves_the_older_one(tmp_path, full_disk, write):
    write_whole(tmp_path / "file", b"older")
    with pytest.raises(OSError, match=r"could not write .*file: File too large"):
        write(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_interrupted_write_leaves_the_older_one(tmp_path):
    write_whole(tmp_path / "file", b"older")

    def interrupted():
        with whole_file(tmp_path / "file") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (tmp_path / "file").read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_two_writers_of_one_file_do_not_share_their_unfinished_files(tmp_path):
    with whole_file(tmp_path / "file") as first:
        first.write(b"first")
        write_whole(tmp_path / "file", b"second")
    assert (tmp_path / "file").read_bytes() == b"first"


def test_the_longest_name_and_the_usual_permissions(tmp_path):
    write_whole(tmp_path / ("x" * 255), b"content")
    (tmp_path / "usual").touch()
    assert (tmp_path / ("x" * 255)).stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_lines_begin_on_a_new_line(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"a": 1}\n{"a": 2, "half')
    append_lines(path, [{"a": 3}, {"a": 4}])
    append_lines(path, [])
    append_lines(path, [{"a": 5}])
    assert path.read_bytes() == b'{"a": 1}\n{"a": 2, "half\n{"a": 3}\n{"a": 4}\n{"a": 5}\n'
    assert [line["a"] for line in read_lines(path, {"a": int})] == [1, 3, 4, 5]


@pytest.mark.parametrize("before", [b"", b'{"a": "whole"}\n', b'{"a": "half'])
def test_a_full_disk_takes_back_the_short_write(tmp_path, full_disk, before):
    path = tmp_path / "lines.jsonl"
    path.write_bytes(before)
    with pytest.raises(OSError, match=r"could not append to .*lines\.jsonl: File too large"):
        append_lines(path, [{"a": "x" * 600}, {"a": "y" * 600}])
    assert path.read_bytes() == before
    append_lines(path, [{"a": "small"}])
    assert path.read_bytes().endswith(b'{"a": "small"}\n')


def test_an_interrupt_within_lines_takes_them_back(tmp_path):
    class Interrupted(io.FileIO):
        def write(self, data):
            super().write(data[:5])
            raise KeyboardInterrupt

    path = tmp_path / "lines.jsonl"
    path.write_bytes(b"{}\n")
    with Interrupted(path, "a+") as file, pytest.raises(KeyboardInterrupt):
        files._append(file, b'{"a": 1}\n')
    assert path.read_bytes() == b"{}\n"


def test_numbers_that_are_not_finite_are_refused_before_the_file_is_touched(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        append_lines(tmp_path / "lines.jsonl", [{"a": 1}, {"a": float("nan")}])
    assert list(tmp_path.iterdir()) == []


def test_threads_append_whole_lines(tmp_path):
    path = tmp_path / "lines.jsonl"
    threads = [threading.Thread(target=lambda: [append_lines(path, [{"a": "x" * 3000}] * 3) for _ in range(20)])
               for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [json.loads(line)["a"] for line in path.read_text().splitlines()] == ["x" * 3000] * 240


def test_file_systems_without_locks(tmp_path, monkeypatch):
    def flock(file, operation):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    for number in (errno.ENOLCK, errno.ENOSYS):
        append_lines(tmp_path / "lines.jsonl", [{"a": number}])
    assert [line["a"] for line in read_lines(tmp_path / "lines.jsonl", {})] == [errno.ENOLCK, errno.ENOSYS]
    number = errno.EIO
    with pytest.raises(OSError, match=r"could not append to .*: Input/output error"):
        append_lines(tmp_path / "lines.jsonl", [{"a": 1}])


@pytest.mark.parametrize("damaged", [b"{", b'{"a": 1}{"a": 2}', b"3", b"[]", b"null", b'{"b": 1}', b'{"a": "1"}',
                                     b"\xff\xfe{", b"\0" * 100])
def test_damaged_lines_are_skipped_and_named(tmp_path, caplog, damaged):
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\n' + damaged + b'\n{"a": 2}')
    assert read_lines(path, {"a": int}) == [{"a": 1}, {"a": 2}]
    assert [record.getMessage()[:40] for record in caplog.records] == [f"line 3 of {path} is damaged and skipped"[:40]]


def test_no_file_is_no_lines(tmp_path):
    assert read_lines(tmp_path / "lines.jsonl", {}) == []


def test_a_variable_names_the_cache(monkeypatch):
    monkeypatch.setenv("WIRGAN_TF_CACHE", "/scratch/cache")
    assert runpy.run_path(files.__file__)["CACHE"] == pathlib.Path("/scratch/cache")
    monkeypatch.delenv("WIRGAN_TF_CACHE")
    assert runpy.run_path(files.__file__)["CACHE"] == pathlib.Path("~/.cache/wirgan_tf")


def test_a_home_that_is_not_known(monkeypatch):
    assert expanded("~/a") == pathlib.Path.home() / "a"
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as for a user without HOME and entry in passwd
    assert expanded("a") == pathlib.Path("a")
    with pytest.raises(FileNotFoundError, match=r"^~/a is below a home folder that is not known; set HOME, or give"):
        expanded("~/a")


@pytest.mark.parametrize("address", ["gs://bucket/cache", pathlib.Path("s3://bucket/cache"), "file:///cache"])
def test_an_address_is_no_path(address, caplog):
    with pytest.raises(FileNotFoundError, match="expected a path on this machine, not an address"):
        expanded(address)
    with optional_cache(address):
        expanded(address)
    assert "going on without the cache" in caplog.text
    assert expanded("a:b/c") == pathlib.Path("a:b/c")


def test_a_cache_that_cannot_be_written_is_warned_of_once(tmp_path, caplog):
    for _ in range(3):
        with caplog.at_level(logging.WARNING), optional_cache(tmp_path):
            raise PermissionError(13, "Permission denied")
    assert [record.getMessage() for record in caplog.records] == [
        f"going on without the cache {tmp_path} ([Errno 13] Permission denied); the variable WIRGAN_TF_CACHE names "
        "another folder"]


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
