"""Flagfiles by name and by path, and what is read from them."""

import pathlib

import pytest

from wirgan_tf.flagfiles import expanded, find, packaged

CONFIGS = pathlib.Path(__file__).parents[1] / "configs"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestFinding:
    @pytest.mark.parametrize("name", ["mnist_gran_t3", "mnist_gran_t3.flags", "configs/mnist_gran_t3.flags"])
    def test_a_packaged_one_is_found_from_any_folder(self, name):
        assert find(name) == CONFIGS / "mnist_gran_t3.flags"

    @pytest.mark.parametrize("name", ["mnist_gran_t3", "mnist_gran_t3.flags", "configs/mnist_gran_t3.flags"])
    def test_a_file_of_that_name_wins(self, folder, name):
        (folder / "configs").mkdir()
        (folder / name).write_text("--width=3\n")
        assert find(name) == pathlib.Path(name)

    def test_a_folder_of_that_name_does_not(self, folder):
        (folder / "mnist_gran_t3").mkdir()
        assert find("mnist_gran_t3") == CONFIGS / "mnist_gran_t3.flags"

    def test_paths_are_the_users_own(self, folder):
        (folder / "mine.flags").write_text("")
        assert find(f"{folder}/mine.flags") == folder / "mine.flags"
        with pytest.raises(ValueError, match="there is no such file"):
            find(f"{folder}/mnist_gran_t3.flags")

    def test_home_folders_are_written_out(self, folder, monkeypatch):
        monkeypatch.setenv("HOME", str(folder))
        (folder / "mine.flags").write_text("")
        assert find("~/mine.flags") == folder / "mine.flags"

    def test_an_unknown_name_is_told_of_near_ones(self):
        with pytest.raises(ValueError, match=r"^flagfile=mnist_grn_t3: there is no such file, .*did you mean "
                                             r"mnist_gran_t3 or "):
            find("mnist_grn_t3")
        with pytest.raises(ValueError, match="--mode=list names the packaged ones"):
            find("zzz")

    def test_all_of_the_checkout_are_packaged(self):
        assert {path.name for path in packaged().values()} == {path.name for path in CONFIGS.iterdir()}


class TestReading:
    def test_lines_stand_in_the_place_of_their_file(self, folder):
        (folder / "a").write_text("\n# a comment\n  --width=3  \n// another\n--time_steps=2")
        for words in (["--flagfile=a"], ["--flagfile", "a"], ["-flagfile=a"]):
            assert expanded(["--x=1", *words, "--y"]) == ["--x=1", "--width=3", "--time_steps=2", "--y"]

    def test_a_flagfile_may_build_on_another(self, folder):
        (folder / "mine").write_text("--flagfile=mnist_gran_t3\n--width=64\n")
        assert expanded(["--flagfile=mine"]) == [*expanded(["--flagfile=mnist_gran_t3"]), "--width=64"]

    def test_the_same_one_twice_is_read_twice(self, folder):
        (folder / "a").write_text("--width=3\n")
        assert expanded(["--flagfile=a", "--flagfile=a"]) == ["--width=3", "--width=3"]

    def test_what_follows_a_double_dash_is_left_alone(self):
        assert expanded(["--", "--flagfile=none"]) == ["--", "--flagfile=none"]

    def test_a_byte_order_mark_is_left_out(self, folder):
        (folder / "inner").write_bytes(b"\xef\xbb\xbf# a comment\r\n--width=8\r\n")
        (folder / "a").write_bytes(b"\xef\xbb\xbf--flagfile=inner\n")
        assert expanded(["--flagfile=a"]) == ["--width=8"]

    def test_circles_binary_files_and_missing_values_are_refused(self, folder):
        (folder / "a").write_text("--flagfile=b\n")
        (folder / "b").write_text("--flagfile=a\n")
        (folder / "binary").write_bytes(b"\xff\xfe\x00")
        for words, message in ((["--flagfile=a"], "flagfile=a contains itself"),
                               (["--flagfile=binary"], "flagfile=binary cannot be read"),
                               (["--flagfile"], "--flagfile has no value"), (["--flagfile="], "has no value")):
            with pytest.raises(ValueError, match=message):
                expanded(words)
