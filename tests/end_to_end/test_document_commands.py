"""Every command of the program in the documents, run in turn, at a small size.

A reader's folder has what the commands of a document speak of: data sets, pictures, runs and exports that an earlier
command of the same document did not make. Commands that take a pattern of the reader's own are read alone, by
tests/test_documents.py.
"""

import pathlib
import shlex
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.end_to_end import test_papers_commands
from tests.test_documents import DOCUMENTS, PROGRAMS, commands
from wirgan_tf import evaluation, main
from wirgan_tf.command_line import flag_kinds, parse
from wirgan_tf.commands import MODES
from wirgan_tf.evaluation import classifier
from wirgan_tf.parts import flag_name, setting_fields

ROOT = pathlib.Path(__file__).parents[2]
SMALLEST = {
    "train": {"iterations": 2, "width": 2, "batch_size": 4, "critic_updates": 1, "checkpoint_every": 2,
              "sample_every": 2, "eval_every": 0, "report_samples": 20, "blocks": 1, "image_size": 64},
    "evaluate": {"num_samples": 20, "eval_seeds": 1},
    "gam": {"num_samples": 20},
    "bulk_sample": {"num_samples": 40, "workers": 1},
    "bulk_statistics": {"num_samples": 40, "workers": 1},
    "bulk_translate": {"workers": 1},
    "toy": {"iterations": 2, "num_samples": 20, "width": 2, "batch_size": 4},
}
# Runs that the documents speak of, by what is asked of them.
KINDS = {
    "translating": "--model=pix2pix --dataset=digit_outlines --width=2",
    "captioned": "--model=stackgan --dataset=digit_captions --width=2 --latent=3 --augmentation_size=4",
    "conditional": "--model=conditional_gp_wirgan --dataset=digits --width=2 --time_steps=1",
    "plain": "--model=gp_wirgan --dataset=digits --width=2",
}
ELSEWHERE = {
    "--mode=study": "test_study.py runs a smaller study, and goes on with it",
    "--mode=bulk_statistics": "its workers, programs of their own, find no stand-in; test_bulk.py runs it on digits",
    "--watch": "waits for checkpoints for ever; tests/commands/test_evaluate.py runs it",
    **dict.fromkeys(test_papers_commands.COMMANDS, "test_papers_commands.py"),
}


def is_run_elsewhere(command):
    return any(part in command for part in ELSEWHERE)


def kind_of(words):
    if "--mode=translate" in words or "--mode=bulk_translate" in words or "class_kept" in " ".join(words):
        return "translating"
    asked = " ".join(words)
    return "captioned" if "--text=" in asked else "conditional" if "--label=" in asked else "plain"


@pytest.fixture(scope="session")
def stock(tmp_path_factory):
    """A folder with a run of each kind, made when it is asked for: stock(kind) -> its folder."""
    folder = tmp_path_factory.mktemp("stock")

    def run_of(kind):
        if not (folder / kind).is_dir():
            shortest = [f"--{name}={value}" for name, value in SMALLEST["train"].items()
                        if name in flag_kinds(MODES["train"]) and name not in ("width", "image_size", "blocks")]
            flags = [*KINDS[kind].split(), *shortest, "--features=pixels", f"--run_dir={folder / kind}"]
            assert main.main(["main", *flags]) == 0
        return folder / kind

    return run_of


@pytest.fixture
def reader(tmp_path, monkeypatch, stand_ins, stock, program):
    """Runs a command of a document in the reader's folder: (words) -> (exit code, standard output and error)."""
    monkeypatch.setattr(classifier, "_MOST_EPOCHS", 1)
    monkeypatch.setattr("wirgan_tf.serving.server.serve", lambda settings, announce: announce(settings.name))
    monkeypatch.setattr(MODES["bulk_sample"], "shard_samples", 20, raising=False)
    for name in ("configs", "studies"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "photos").mkdir()
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 256, (20, 16, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "photos" / f"{number}.png")
    shutil.copy(tmp_path / "photos" / "0.png", tmp_path / "photo.jpg")

    def run(words):
        provide(words, stock)
        return program(*words)

    return run


def provide(words, stock):
    """Makes what the command of `words` needs and no command before it has made."""
    given = dict(word.lstrip("-").split("=", 1) for word in words if "=" in word)
    mode = given.get("mode", "train")
    for word in words:
        name, _, value = word.lstrip("-").partition("=")
        path = pathlib.Path(value)
        if path.exists() or name not in ("run_dir", "init_from", "model_dir", "model_base"):
            continue
        if (name == "run_dir" and mode not in ("train", "toy")) or name == "init_from":
            before = sorted(pathlib.Path("runs").glob("*/config.json"), key=lambda path: path.stat().st_mtime)
            other = before[-1].parent if before and name == "init_from" else stock(kind_of(words))
            shutil.copytree(other, path)
        if name == "model_dir" or (name == "model_base" and mode == "serve"):
            shutil.copytree(stock(kind_of(words)) / "export", path)


def shortened(command):
    """The words of a command with flags that make it short, those of them that it has."""
    program = next(name for name in PROGRAMS if command.startswith(name))
    words = shlex.split(command.removeprefix(program), comments=True)
    words = [word.replace("=NAME", "=mnist_gp_wirgan_t3") for word in words]
    asked = parse(["wirgan_tf", *words])
    needs_run = {"run_dir", "model_dir", "pretrained"} <= {flag_name(field) for field in setting_fields(asked).values()}
    if needs_run and not any(word.startswith(("--run_dir", "--model_dir", "--pretrained")) for word in words):
        words.append("--run_dir=runs/mine")
    if asked.name == "evaluate" and not any(word.startswith(("--run_dir", "--model_dir")) for word in words):
        words.append("--run_dir=runs/mine")
    known = {flag_name(field) for field in setting_fields(asked).values()}
    if asked.name == "train":
        known |= set(asked.config().settings())
    elif asked.takes_run:
        known |= set(flag_kinds(type(asked)))
    return words + [f"--{name}={value}" for name, value in SMALLEST.get(asked.name, {}).items() if name in known]


@pytest.mark.exhaustive
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("path", [path for path in DOCUMENTS if commands(path)],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_run(path, reader):
    failed = []
    for command in commands(path):
        if is_run_elsewhere(command):
            continue
        if "RUN" in command and "--mode=" not in command:
            shutil.rmtree("RUN", ignore_errors=True)  # stands for another run each time
        words = shortened(command)
        code, shown, error = reader(words)
        if code:
            failed.append(f"{shlex.join(words)}\n{shown}{error[-2000:]}")
    assert not failed, "\n\n".join(failed)


def test_few_commands_are_left_to_others():
    found = [command for path in DOCUMENTS for command in commands(path)]
    assert len(found) - len([command for command in found if is_run_elsewhere(command)]) > 75
    assert all(any(part in command for command in found) for part in ELSEWHERE)
    assert evaluation.MEASURES
