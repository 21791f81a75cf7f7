"""Variables in files: what is read is what was written, or an error."""

import json
import pathlib
import zipfile

import keras
import numpy as np
import pytest

from wirgan_tf import __version__
from wirgan_tf.training.variable_files import DamagedFileError, read_variables, write_variables


def variables(fill=0):
    return {
        "net/kernel": keras.Variable(np.full((2, 3), fill, "float32") * np.arange(3, dtype="float32")),
        "net/half": keras.Variable(np.full((3,), fill), dtype="bfloat16"),
        "net/count": keras.Variable(fill * 2**40 + fill, dtype="int64"),
        "net/seed": keras.Variable([fill, 7], dtype="uint32"),
        "net/empty": keras.Variable(np.zeros((0, 2), "float32")),
        "state/on": keras.Variable(fill > 0, dtype="bool"),
    }


def values(variables):
    return {key: (variable.dtype, np.asarray(variable.numpy()).tolist()) for key, variable in variables.items()}


def test_every_type_comes_back_as_it_was(tmp_path):
    written, read = variables(3), variables(0)
    write_variables(tmp_path / "a.npz", written)
    read_variables(tmp_path / "a.npz", read)
    assert values(read) == values(written)
    assert values(read)["net/count"] == ("int64", 3 * 2**40 + 3)
    assert values(read)["net/half"] == ("bfloat16", [3, 3, 3])


def test_numpy_opens_it(tmp_path):
    write_variables(tmp_path / "a.npz", variables(3))
    with np.load(tmp_path / "a.npz") as archive:
        np.testing.assert_array_equal(archive["net/kernel"], [[0, 3, 6], [0, 3, 6]])
        header = json.loads(archive["wirgan_tf.json"])
    assert (header["format"], header["code_version"]) == (1, __version__)
    assert header["variables"]["net/half"] == {"shape": [3], "dtype": "bfloat16"}


def test_any_damage_is_found(tmp_path):
    """A bit of each byte is changed in turn: the file is refused, or it does not matter, as in the date of an entry."""
    path, variable = tmp_path / "a.npz", keras.Variable([1.0, 2.0])
    write_variables(path, {"net/kernel": variable})
    content, found = path.read_bytes(), 0
    variable.assign([0.0, 0.0])
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1:])
        try:
            read_variables(path, {"net/kernel": variable})
        except OSError:
            found += 1
            assert variable.numpy().tolist() == [0.0, 0.0]
        else:
            assert variable.numpy().tolist() == [1.0, 2.0]
            variable.assign([0.0, 0.0])
    assert found > 0.7 * len(content)


@pytest.mark.parametrize("length", [0, 1, 50, -1, -100])
def test_a_cut_file_is_damaged(tmp_path, length):
    path = tmp_path / "a.npz"
    write_variables(path, variables(3))
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(DamagedFileError, match=r"a\.npz is damaged"):
        read_variables(path, variables())


def test_a_file_of_another_kind_is_damaged(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(2))
    with pytest.raises(DamagedFileError, match=r"is damaged: .*wirgan_tf\.json"):
        read_variables(tmp_path / "a.npz", variables())
    with pytest.raises(FileNotFoundError):
        read_variables(tmp_path / "missing.npz", variables())


def test_what_does_not_fit_is_named_by_part_and_nothing_is_assigned(tmp_path):
    written = variables(3)
    write_variables(tmp_path / "a.npz", written)
    read = variables(0)
    read["critic/kernel"] = keras.Variable([0.0])
    read["net/kernel"] = keras.Variable(np.zeros((2, 4), "float32"))
    read["net/count"] = keras.Variable(0.0)
    del read["state/on"]
    message = (r"a\.npz is not a checkpoint of this model: its critic lacks critic/kernel; its state also has "
               r"state/on; its net differs in net/kernel \(float32 \[2, 3\] there, float32 \[2, 4\] here\), "
               r"net/count \(int64 \[\] there, float32 \[\] here\); was it written")
    with pytest.raises(ValueError, match=message):
        read_variables(tmp_path / "a.npz", read)
    assert values(read)["net/half"] == ("bfloat16", [0, 0, 0])


def test_a_long_list_of_differences_is_cut(tmp_path):
    write_variables(tmp_path / "a.npz", {})
    with pytest.raises(ValueError, match="lacks net/0, net/1, net/2 and 7 more; was it"):
        read_variables(tmp_path / "a.npz", {f"net/{number}": keras.Variable(0.0) for number in range(10)})


def test_a_later_format_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("wirgan_tf.json", json.dumps({"format": 2, "code_version": "9.0", "variables": {}}))
    with pytest.raises(ValueError, match=r"has format 2, this version of wirgan_tf reads 1; .* version 9\.0"):
        read_variables(tmp_path / "a.npz", {})


def test_a_failed_write_leaves_the_older_file(tmp_path, monkeypatch):
    write_variables(tmp_path / "a.npz", variables(3))

    def full_disk(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full_disk)
    with pytest.raises(OSError, match=r"could not write .*a\.npz: No space left on device"):
        write_variables(tmp_path / "a.npz", variables(4))
    monkeypatch.undo()
    read = variables(0)
    read_variables(tmp_path / "a.npz", read)
    assert values(read) == values(variables(3))
    assert [path.name for path in pathlib.Path(tmp_path).iterdir()] == ["a.npz"]
