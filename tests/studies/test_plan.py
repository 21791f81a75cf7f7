"""Studies as they are read from TOML."""

import pathlib
import re

import pytest

from wirgan_tf.commands.study import StudyRuns
from wirgan_tf.flagfiles import packaged
from wirgan_tf.studies import parse_study, read_study

ROOT = pathlib.Path(__file__).parents[2]
SMALL = {"title": "t", "seeds": [0, 3], "runs": {"A": {"model": "gran"}, "B": {"width": 8}}}


def test_runs_are_groups_by_seeds():
    study = parse_study(SMALL, pathlib.Path())
    assert [(run.group, run.seed, run.folder) for run in study.runs()] == [
        ("A", 0, "A_seed0"), ("B", 0, "B_seed0"), ("A", 3, "A_seed3"), ("B", 3, "B_seed3")]
    assert study.comparisons == (("B", "A"),)


def test_a_list_of_values_is_a_group_each():
    runs = {"GP T={time_steps} {dataset}": {"time_steps": [1, 3], "dataset": ["digits", "mnist"], "width": 4}}
    study = parse_study({**SMALL, "runs": runs, "every_run": {"noise_layer": True}}, pathlib.Path())
    assert list(study.groups) == ["GP T=1 digits", "GP T=1 mnist", "GP T=3 digits", "GP T=3 mnist"]
    assert study.groups["GP T=3 digits"] == ("--noise_layer=true", "--time_steps=3", "--dataset=digits", "--width=4")


def test_flagfiles_come_first_and_are_found_from_the_studys_folder():
    table = {**SMALL, "every_run": {"flagfile": "all.flags", "width": 8}, "runs": {"A": {"flagfile": "../a.flags"}}}
    assert parse_study(table, pathlib.Path("studies")).groups["A"] == (
        "--flagfile=studies/all.flags", "--flagfile=studies/../a.flags", "--width=8")


def test_a_packaged_flagfile_is_found_by_its_name(tmp_path):
    table = {**SMALL, "runs": {"A": {"flagfile": "digits_gp_wirgan_t3"}}}
    assert parse_study(table, tmp_path).groups["A"] == (f"--flagfile={packaged()['digits_gp_wirgan_t3']}",)
    (tmp_path / "digits_gp_wirgan_t3").touch()
    assert parse_study(table, tmp_path).groups["A"] == (f"--flagfile={tmp_path / 'digits_gp_wirgan_t3'}",)


@pytest.mark.parametrize(("changes", "message"), [
    ({"measure": ["fid"]}, "unknown key 'measure'; did you mean 'measures'?"),
    ({"seeds": []}, "a study needs seeds"),
    ({"seeds": [1, 1]}, "each is to be given once"),
    ({"seeds": 3}, "expected a list of whole numbers"),
    ({"seeds": [True]}, "expected a list of whole numbers"),
    ({"measures": ["fidd"]}, "unknown measure 'fidd'; did you mean 'fid'?"),
    ({"num_samples": 0}, "num_samples=0: must be at least 1"),
    ({"num_samples": "10"}, "num_samples='10': expected a whole number"),
    ({"gam": 1}, "gam=1: expected true or false"),
    ({"seeds": 0}, "seeds=0: expected a list of whole numbers"),
    ({"measures": []}, "measures is empty; name one or more"),
    ({"iterations": 3}, "settings of runs stand in [every_run] or [runs.NAME]"),
    ({"comparisons": 5}, "comparisons=5: expected a list of pairs"),
    ({"every_run": {"seed": 3}}, "every_run: seed is not for a run to set; use the study's seeds"),
    ({"every_run": {"width": [1, 2]}}, "a list of values may stand in a table of runs alone"),
    ({"runs": {"A": 3}}, "A=3: expected a table, as [runs.A]"),
    ({"runs": {"A": {"flagfile": 3}}}, "runs.'A': flagfile=3: expected a text in quotes"),
    ({"runs": {"A": {"width": []}}}, "runs.'A': width is an empty list"),
    ({"runs": {"A": {"measures": "fid"}}}, "a run's own are named metrics"),
    ({"runs": {"A": {"classifiers": "x"}}}, "give --classifiers beside --study"),
    ({"checkpoint": "last"}, "checkpoint=last: the choices are newest, best"),
    ({"split": "train"}, "split=train: the choices are test, validation"),
    ({"split": "validation", "gam": True}, "gam=true: battles are fought on test images; leave out split='validation'"),
    ({"comparisons": [["A", "C"]]}, "comparisons has 'C', which is no run; the runs are: A, B"),
    ({"comparisons": [["A", "A"]]}, "expected two different names"),
    ({"runs": {"A": {"seed": 1}}}, "seed is not for a run to set; use the study's seeds"),
    ({"runs": {"A": {"run_dir": "x"}}}, "run_dir is not for a run to set"),
    ({"runs": {"A": {"width": {"x": 1}}}}, "expected a string, a number, true or false"),
    ({"runs": {"A": {"width": [1, 2]}}}, "makes the group 'A' twice; let its name have {width}"),
    ({"runs": {"A {width}": {"width": 1}}}, "stands for a setting with a list of values"),
    ({"runs": {"A/B": {"width": 1}}}, "a name has letters, digits, spaces"),
    ({"runs": {"A B": {}, "A=B": {}}}, "give the same folder"),
    ({"runs": ["A"]}, "expected a table, as [runs]"),
])
def test_what_is_no_study_is_refused(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_study({**SMALL, **changes}, pathlib.Path())


def test_the_error_names_the_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no study"):
        read_study(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("title = \n")
    with pytest.raises(ValueError, match=r"bad.toml: "):
        read_study(tmp_path / "bad.toml")


@pytest.mark.parametrize("path", sorted((ROOT / "studies").glob("*.toml")), ids=lambda path: path.stem)
def test_the_runs_of_every_study_are_possible(path):
    """As the program checks them before the first of them is trained."""
    study, command = read_study(path), StudyRuns(study=str(path))
    configs = [command.config_of(study, run) for run in study.runs()]
    assert len(configs) == len(study.seeds) * len(study.groups)
    assert f"--study=studies/{path.name}" in path.read_text()


@pytest.mark.parametrize("flag", ["--help", "--metrics=kid", "--features=pixels"])
def test_a_flagfile_does_not_set_what_is_the_studys(tmp_path, flag):
    (tmp_path / "own.flags").write_text(f"--model=gran\n{flag}\n")
    run, *_ = parse_study({**SMALL, "runs": {"A": {"flagfile": "own.flags"}}}, tmp_path).runs()
    with pytest.raises(ValueError, match=f"runs.'A': .*own.flags sets {flag[2:].partition('=')[0]}, which is not"):
        StudyRuns(study="mine.toml").config_of(parse_study(SMALL, tmp_path), run)


def test_the_folder_of_data_is_for_the_runs_that_have_their_data_in_one(tmp_path):
    runs = {"A": {"dataset": "digit_tints", "model": "stargan"}, "B": {"dataset": "mnist"}}
    study = parse_study({**SMALL, "seeds": [0], "runs": runs}, tmp_path)
    command = StudyRuns(study="mine.toml", data_dir="prepared")
    assert [command.config_of(study, run).data.settings()["data_dir"] for run in study.runs()] == ["", "prepared"]
