"""Studies by the program: runs that are trained, one that fails, one that is gone on with, and their reports."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

from wirgan_tf import main, studies
from wirgan_tf.commands import study as study_command
from wirgan_tf.training.checkpoints import updates_made

STUDY = """
title = "Small"
seeds = {seeds}
measures = ["fid"]
num_samples = 20
features = "pixels"
checkpoint = "{checkpoint}"

[every_run]
network = "mlp"
width = 2
latent = 4
batch_size = 8
critic_updates = 1
time_steps = 1
checkpoint_every = 1

{more}
"""
PLAIN = "iterations = 2\neval_every = 1\n[runs.plain]\n"
FAILING = "[runs.diverging]\ncritic_learning_rate = 1e38\n"


class InThisProcess(studies.Runner):
    """Programs that need not start."""

    def _error_of(self, name, flags):
        code = main.main(["main", *flags])
        return f"exit code {code}" if code else ""


def study(more, checkpoint="newest", seeds=(0, 1)):
    pathlib.Path("small.toml").write_text(STUDY.format(more=more, checkpoint=checkpoint, seeds=list(seeds)))
    return "--mode=study", "--study=small.toml", "--output=out"


def test_a_study_with_a_run_that_fails(program, monkeypatch, uncompiled):
    monkeypatch.setattr(study_command, "Runner", InThisProcess)
    code, _, error = program(*study(PLAIN + FAILING), "--jobs=2")
    assert code == 1
    assert "2 of 4 jobs failed, and the report has the others; diverging_seed0: exit code 1" in error
    text = pathlib.Path("out/report.md").read_text()
    assert "| plain | `gp_wirgan` | `digits` | 1 | 2 | 2 | 0, 1 |" in text
    assert "| diverging_seed1 | exit code 1 |" in text
    lines = [json.loads(line) for line in pathlib.Path("out/runs/plain_seed1/metrics.jsonl").read_text().splitlines()]
    assert {line["training_seed"] for line in lines} == {1}
    assert [line["iteration"] for line in lines] == [1, 2, 2]
    assert program(*study(PLAIN, checkpoint="best", seeds=[1]))[0] == 0
    code, shown, error = program("--mode=compare", "--run_dir=out/runs/plain_seed0", "--run_dir=out/runs/plain_seed1",
                                 "--output=two")
    assert (code, shown.strip()) == (0, "report in two/report.html"), error
    assert "| plain | `gp_wirgan` | `digits` | 1 | 2 | 2 | 0, 1 |" in pathlib.Path("two/report.md").read_text()


def test_another_protocol_is_measured_and_other_settings_are_refused(program, monkeypatch, uncompiled):
    monkeypatch.setattr(study_command, "Runner", InThisProcess)
    flags = study(PLAIN, seeds=[0])
    assert program(*flags)[0] == 0
    written = pathlib.Path("small.toml").read_text()
    pathlib.Path("small.toml").write_text(written.replace("num_samples = 20", "num_samples = 30"))
    assert program(*flags)[0] == 0
    text = pathlib.Path("out/report.md").read_text()
    assert "`fid_30_digits_test_pixels`, 30 samples" in text
    pathlib.Path("small.toml").write_text(f'split = "validation"\n{written}')
    assert program(*flags)[0] == 0
    chosen_by = pathlib.Path("out/report.md").read_text()
    assert "`fid_20_digits_validation_pixels`, 20 samples against 20 validation images" in chosen_by
    assert "digits_test" not in chosen_by
    pathlib.Path("small.toml").write_text(written.replace("num_samples = 20", "num_samples = 30"))
    assert program(*flags)[0] == 0
    assert pathlib.Path("out/report.md").read_text() == text
    pathlib.Path("small.toml").write_text(written.replace("width = 2", "width = 3"))
    code, _, error = program(*flags)
    assert code == 2
    assert "runs.'plain': out/runs/plain_seed0 holds a run with other settings: width (2 there" in error
    assert "delete its folder to train it anew, or give another --output" in error
    assert pathlib.Path("out/report.md").read_text() == text


def test_classifiers_are_of_the_data_as_the_runs_read_it(program, monkeypatch, uncompiled):
    class Refusing(InThisProcess):
        def run_program(self, name, flags):
            raise ChildProcessError(f"{name}: {' '.join(flags)}")

    monkeypatch.setattr(study_command, "Runner", Refusing)
    folder = pathlib.Path("mine")
    for number in range(60):
        path = folder / ("red", "blue")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (4 * number, 0, 0)).save(path)
    data = 'dataset = "image_folder"\ndata_dir = "mine"\nimage_size = 16\nflip = true\nlabels = "{}"\n'
    flags = study(PLAIN.replace("[runs", f"{data.format('folders')}[runs"), seeds=[0])
    text = pathlib.Path("small.toml").read_text()
    pathlib.Path("small.toml").write_text(f"train_classifiers = true\n{text}")
    code, _, error = program(*flags)
    assert (code, "classifier_image_folder_0: --mode=train_classifier --dataset=image_folder --data_dir=mine "
            "--image_size=16 --flip=True --labels=folders --classifier_seed=0" in error) == (1, True), error
    pathlib.Path("small.toml").write_text(f"train_classifiers = true\n{text.replace('folders', 'none')}")
    code, _, error = program(*flags)
    assert code == 0, error  # a folder without classes has no classifier to train


def test_says_what_is_wrong_before_any_work(program):
    for more, message in (("features = 'pixel'", "runs.'plain': unknown feature network 'pixel'; did you mean"),
                          ("widht = 3", "runs.'plain': unknown flag --widht; did you mean --width?"),
                          ("clip = 0.1", "runs.'plain': clip is a setting of penalty=clipping")):
        code, _, error = program(*study(PLAIN + more))
        assert (code, message in error) == (2, True), error
    assert not pathlib.Path("out").exists()
    code, _, error = program("--mode=compare", "--run_dir=a", "--output=b")
    assert (code, "needs --run_dir=A --run_dir=B" in error) == (2, True)


@pytest.mark.processes
@pytest.mark.timeout(1500)
def test_goes_on_after_kill_9(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    flags = study("iterations = 100\neval_every = 0\n[runs.plain]", seeds=[0])
    command = [sys.executable, "-m", "wirgan_tf.main", *flags]
    environment = {**os.environ, "PYTHONPATH": str(pathlib.Path(main.__file__).parents[1])}
    first = pathlib.Path("out/runs/plain_seed0")
    with subprocess.Popen(command, env=environment) as started:
        wait_until(lambda: updates_made(first / "checkpoints") > 0)
        started.send_signal(signal.SIGKILL)
    reached = updates_made(first / "checkpoints")
    assert 0 < reached < 100
    subprocess.run(command, env=environment, check=True, timeout=600)
    assert "resuming out/runs/plain_seed0 after update" in pathlib.Path("out/logs/plain_seed0.log").read_text()
    assert "| plain | `gp_wirgan` | `digits` | 1 | 100 | 100 | 0 |" in pathlib.Path("out/report.md").read_text()


def wait_until(condition, seconds=600):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
