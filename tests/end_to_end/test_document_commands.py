"""Every command of the documents, run in turn at a small size.

A reader's folder has what the commands of a document speak of, and no earlier one of the same document has made: data
sets, pictures, runs and exports. `ELSEWHERE` says of the others which test runs them, or why none does.
"""

import argparse
import os
import pathlib
import re
import runpy
import shlex
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tests.document_commands import DOCUMENTS, ROOT, command_blocks, is_program, without_variables, words_of
from tests.end_to_end import test_papers_commands
from wirgan_tf import main
from wirgan_tf.command_line import flag_kinds, parse
from wirgan_tf.commands import MODES
from wirgan_tf.evaluation import classifier
from wirgan_tf.parts import flag_name, setting_fields

IN_THIS_PROCESS = {"workers": 1, "beam_option": "direct_running_mode=in_memory"}  # where the stand-ins are
SHORT = {
    "train": {"iterations": 2, "width": 2, "batch_size": 4, "critic_updates": 1, "checkpoint_every": 2,
              "sample_every": 2, "eval_every": 0, "report_samples": 0, "blocks": 1},
    "evaluate": {"num_samples": 40, "eval_seeds": 1},
    "gam": {"num_samples": 20},
    "bulk_sample": {"num_samples": 40, **IN_THIS_PROCESS},
    "bulk_statistics": {"num_samples": 40, **IN_THIS_PROCESS},
    "bulk_translate": IN_THIS_PROCESS,
    "toy": {"iterations": 2, "num_samples": 20, "width": 2, "batch_size": 4, "critic_updates": 1},
}
SHORT_SCRIPTS = {
    "train_step": "--size=8 --channels=1 --width=2 --critic_updates=1 --repeats=1",
    "profile_step": "--size=8 --width=2 --critic_updates=1 --repeats=1",
    "against_model": "--size=8 --width=2 --critic_updates=1 --repeats=1",
    "translation": "--width=2 --pictures=2 --rounds=1",
    "evaluation": "--images=64 --rows=200 --repeats=1 --calls=5",
    "onednn": "--repeats=1 --jobs='sampling, width 32'",
    "sampling": "--images=64 --repeats=1",
    "workers": "--width=2 --repeats=1",
    "serving": "--seconds=1 --clients=2",
    "bulk_sampling": "--num_samples=40 --metrics=fid",
    "package_generator": "--folder=packaged",
    "against_torch": "--torch_python=PYTHON --peer=PROGRAM",  # it has no others
}
# Runs that documents speak of without the command that trains them, by what is asked of them.
RUNS = {
    r"tflite": "--model=cyclegan --dataset=digit_inverted",
    r"translate|class_kept": "--model=pix2pix --dataset=digit_outlines",
    r"--text=": "--model=stackgan --dataset=digit_captions --latent=3 --augmentation_size=4",
    r"--label=": "--model=conditional_gp_wirgan --dataset=digits",
    r"--data_dir=|--statistics=": "--flagfile=mnist_gp_wirgan_t3",
    r"": "--model=gp_wirgan --dataset=digits",
}
STANDING_FOR_ANY = ("runs/name", "runs/a", "runs/b", "export/models/name", "RUN")
NAMED = {"--pretrained=NAME": "--pretrained=mnist_gp_wirgan_t3", "--model=NAME": "--model=gp_wirgan",
         "--model_dir=EXPORT": "--model_dir=export/models/name"}
COMPLETED = {  # with what the sentence around it says
    r"--reads=attributes": "--dataset=celeba --attributes=Male,Smiling",
    r"--mode=(sample|evaluate|export)\b(?!.*--(run_dir|model_dir|pretrained)=)": "--run_dir=runs/name",
}
ELSEWHERE = {
    r"--mode=study": "tests/end_to_end/test_study.py runs a smaller one, and goes on with it",
    r"--mode=compare": "tests/end_to_end/test_study.py compares runs of several seeds",
    r"=modes,mode_divergence": "needs digits in each colour: tests/evaluation/test_modes.py",
    "|".join(map(re.escape, test_papers_commands.COMMANDS)): "tests/end_to_end/test_papers_commands.py",
    r"^curl |^\(printf |^bash |wirgan_client.py ": "tests/serving/test_document_questions.py asks servers",
    r"^docker (build|run) ": "tests/test_packaging.py reads the Dockerfile, and this file flags; no container engine",
    r"^docker compose |^kubectl ": "tests/bundle/test_bundle_configs.py reads their files; neither is at hand",
    r"^(\.venv/bin/)?pip install |^python3 -m venv ": "tests/test_installation.py",
    r"^make |python -m pytest ": "they are what runs this file, which looks for their targets and files",
    r"^tfds build |^git clone ": "need a network; tests/data/test_prepared.py writes what tfds prepares",
    r"^tensorboard |^jupyter ": "are for people; tests/notebooks/test_notebooks.py runs the notebooks",
    r"^export TF_CONFIG": "tests/training/test_strategies.py",
    r"launch_local.py ": "tests/training/test_exactness.py trains by it; this file reads flags",
    r"/(known_orders|noise_path|contrast|against_torch|against_checkout).py": (
        "need MNIST, PyTorch or another checkout; this file reads flags"),
    r"\.\.\.|SETTINGS": "stand for many commands",
}
ALL = list(dict.fromkeys(command for path in DOCUMENTS for block in command_blocks(path) for command in block))
SCRIPTS = [command for command in ALL if re.match(r"python (benchmarks|scripts)/", command)]


def runs_elsewhere(command):
    return any(re.search(pattern, without_variables(command)) for pattern in ELSEWHERE)


def short_words(command):
    """The words of a command of the program, with those flags that make it short that it has."""
    words = [NAMED.get(word, word) for word in words_of(command)]
    words += [word for pattern, more in COMPLETED.items() if re.search(pattern, command) for word in more.split()]
    asked = parse(["wirgan_tf", *words])
    if asked is None:  # for help
        return words
    known = set(flag_kinds(type(asked)))
    if asked.name == "train":
        known = {flag_name(field) for field in setting_fields(asked).values()} | set(asked.config().settings())
    words += [f"--{name}={value}" for name, value in SHORT.get(asked.name, {}).items() if name in known]
    if "classifiers" in known and "--classifiers=" not in command and (asked.name != "bulk_sample" or asked.metrics):
        words.append("--classifiers=classifiers")
    return words


@pytest.fixture(scope="session")
def stock(tmp_path_factory):
    """Copies a run, which is trained when it is first asked for, or a part of it: stock(command, path, part)."""
    folder = tmp_path_factory.mktemp("stock")

    def copy(command, path, part=""):
        flagfile = ROOT / "configs" / f"{path.name}.flags"
        flags = f"--flagfile={flagfile}" if flagfile.is_file() else next(
            flags for pattern, flags in RUNS.items() if re.search(pattern, command))
        run = folder / re.sub(r"\W+", "_", flags)
        if not run.is_dir():
            assert main.main(["main", *short_words(f"wirgan_tf {flags} --features=pixels --run_dir={run}")]) == 0
        shutil.copytree(run / part, path)

    return copy


@pytest.fixture
def reader(tmp_path, monkeypatch, stand_ins, program, uncompiled):
    """The program in a reader's folder, without what makes long trainings quick and short ones long."""
    monkeypatch.setattr(classifier, "_MOST_EPOCHS", 1)
    monkeypatch.setattr("wirgan_tf.serving.server.serve", lambda settings, announce: announce(settings.name))
    for name in ("configs", "studies"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "photos").mkdir()
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 256, (20, 16, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "photos" / f"{number}.png")
    shutil.copy(tmp_path / "photos" / "0.png", tmp_path / "photo.jpg")
    return program


def provide(command, words, stock):
    """Makes the runs and exports that a command takes, and that no command before it has made."""
    given = dict(word.lstrip("-").partition("=")[::2] for word in words)
    mode = given.get("mode", "train")
    taken = {"init_from": "", "model_dir": "export"}
    if mode not in ("train", "toy") or len(words_of(command)) == 1:  # a run that is gone on with
        taken["run_dir"] = ""
    if mode == "serve":
        taken["model_base"] = "export"
    for word in words:
        name, _, value = word.lstrip("-").partition("=")
        if name in taken and not pathlib.Path(value).exists():
            stock(command, pathlib.Path(value), taken[name])


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("path", [path for path in DOCUMENTS if command_blocks(path)],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_of_the_program(path, reader, stock):
    failed = []
    for block in command_blocks(path):
        for place in STANDING_FOR_ANY:
            shutil.rmtree(place, ignore_errors=True)
        for command in block:
            if is_program(command) and not runs_elsewhere(command):
                words = short_words(command)
                provide(command, words, stock)
                code, shown, error = reader(*words)
                failed += [f"{shlex.join(words)}\n{shown}{error[-2000:]}"] if code else []
    assert not failed, "\n\n".join(failed)


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("command", [command for command in SCRIPTS if not runs_elsewhere(command)])
def test_scripts(command, tmp_path, reader, stock):
    _, script, *words = [NAMED.get(word, word) for word in shlex.split(command)]
    for word in words:
        path = pathlib.Path(word.partition("=")[2] if word.startswith(("--model_base=", "--model_dir=")) else word)
        if path.parts[0] in ("runs", "export"):
            stock(command, path.parent if path.name == "1" else path, "export" if path.parts[0] == "export" else "")
    if "--classifiers=DIR" in words:
        assert reader("--mode=train_classifier", "--dataset=digits", "--classifiers=DIR")[0] == 0
    words += shlex.split(SHORT_SCRIPTS.get(pathlib.Path(script).stem, ""))
    ended = subprocess.run([sys.executable, ROOT / script, *words], capture_output=True, text=True, cwd=tmp_path,
                           env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout


class ReadError(Exception):
    """Raised once flags have been read, so that a script does no more."""


@pytest.mark.exhaustive
@pytest.mark.parametrize("command", [command for command in SCRIPTS if runs_elsewhere(command)])
def test_flags_of_other_scripts(command, monkeypatch):
    def parse_args(parser, *given):
        read(parser, *given)
        raise ReadError

    read = argparse.ArgumentParser.parse_args
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_args)
    _, script, *words = shlex.split(command)
    monkeypatch.setattr(sys, "argv", [script, *words, *SHORT_SCRIPTS.get(pathlib.Path(script).stem, "").split()])
    with pytest.raises(ReadError):
        runpy.run_path(str(ROOT / script), run_name="__main__")


def test_flags_that_other_programs_pass_on(monkeypatch):
    monkeypatch.chdir(ROOT)
    passed_on = [found[1] for command in ALL if (found := re.search(
        r"^(?:docker run .* wirgan_tf(?::\w+)?|python scripts/launch_local.py .*--) (--.*)", command))]
    assert len(passed_on) >= 3
    for flags in passed_on:
        assert parse(["wirgan_tf", *shlex.split(flags)])


def test_targets_tests_and_extras_are_there():
    of_package = (ROOT / "pyproject.toml").read_text()
    for command in ALL:
        words = shlex.split(without_variables(command), comments=True)
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), command
        if "pytest" in words:
            assert all((ROOT / word).exists() for word in words if word.startswith("tests/")), command
        for extra in re.findall(r"\[([\w,]+)\]", command if "pip install" in command else ""):
            assert all(f"\n{name} = [" in of_package for name in extra.split(",")), command


def test_others_run_what_does_not_run_here():
    for pattern, reason in ELSEWHERE.items():
        assert any(re.search(pattern, without_variables(command)) for command in ALL), pattern
        assert all((ROOT / file).is_file() for file in re.findall(r"tests/[\w/]+\.py", reason))
    here = [command for command in ALL if not runs_elsewhere(command)]
    assert [command for command in here if not is_program(command) and command not in SCRIPTS
            and not command.startswith("python -c ")] == []
    assert len([command for command in here if is_program(command)]) > 75
    assert set(SHORT) <= set(MODES)


def test_lines_of_python():
    lines = [words_of for command in ALL if (words_of := shlex.split(command))[:2] == ["python", "-c"]]
    assert lines
    for _, _, code in lines:
        exec(compile(code, "documents", "exec"), {})
