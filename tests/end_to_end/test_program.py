"""The program as a user meets it: the whole job, and every way to ask wrongly."""

import json
import pathlib
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from tests.end_to_end.small_runs import prepare_run
from wirgan_tf import data, main
from wirgan_tf.commands.common import export_version
from wirgan_tf.config import Config
from wirgan_tf.evaluation import classifier
from wirgan_tf.models import AdversarialModel, build_model
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.pictures import to_pixels
from wirgan_tf.training.checkpoints import Checkpoints, newest_checkpoint
from wirgan_tf.training.run_directory import RunDirectory

TINY = ("--width=2", "--latent=4", "--batch_size=8", "--critic_updates=1", "--time_steps=2", "--iterations=2")


def test_the_main_job(program, monkeypatch):
    monkeypatch.setattr(classifier, "_MOST_EPOCHS", 8)  # of 30
    code, shown, error = program("--mode=train_classifier", "--dataset=digits", "--classifiers=classifiers")
    assert code == 0, error
    assert "classifier:digits: 9" in shown  # ninety-odd percent
    code, shown, error = program("--run_dir=run", *TINY, "--eval_every=1", "--export_every=1",
                                 "--classifiers=classifiers")
    assert code == 0, error
    assert "fid_360_digits_test_classifier" in shown
    metrics = [json.loads(line) for line in pathlib.Path("run/metrics.jsonl").read_text().splitlines()]
    assert [(line["measure"], line["iteration"]) for line in metrics][:2] == [("fid", 1), ("fid", 2)]
    assert [line["split"] for line in metrics[:3]] == ["validation", "validation", "test"]
    assert metrics[0]["seed"] != metrics[2]["seed"]
    during, after = (json.loads(pathlib.Path(f"run/export/{version}/assets.extra/wirgan.json").read_text())
                     for version in (1, 2))
    assert (during["iteration"], during["measures"]) == (1, metrics[:1])
    assert (after["iteration"], after["measures"]) == (2, metrics[1:])  # each measure's last
    for source, name in (("--run_dir=run", "run"), ("--model_dir=run/export", "export")):
        assert program("--mode=sample", source, "--num_samples=70", "--seed=5", f"--output={name}.npz")[0] == 0
        assert program("--mode=sample", source, "--canvases", f"--output={name}_canvases.npz")[0] == 0
    run, export = np.load("run.npz"), np.load("export.npz")
    assert run["images"].dtype == np.uint8
    assert run["images"].shape == (70, 8, 8, 1)
    np.testing.assert_array_equal(run["images"], export["images"])
    np.testing.assert_array_equal(run["seeds"], np.arange(5, 75))
    assert program("--mode=sample", "--run_dir=run", "--num_samples=3", "--output=folder/")[0] == 0
    assert sorted(path.name for path in pathlib.Path("folder").iterdir()) == ["0.png", "1.png", "2.png"]
    assert Image.open("folder/0.png").size == (8, 8)
    run, export = np.load("run_canvases.npz"), np.load("export_canvases.npz")
    assert run["canvases"].shape == (100, 2, 8, 8, 1)
    np.testing.assert_array_equal(run["canvases"], export["canvases"])
    assert program("--mode=sample", "--run_dir=run", "--canvases", "--num_samples=2", "--output=steps.png")[0] == 0
    assert Image.open("steps.png").size == (514, 20 + 514)
    assert program("--mode=sample", "--run_dir=run", "--checkpoint=best")[0] == 0
    code, _, error = program("--mode=sample", "--run_dir=run", "--width=3")
    assert code == 2
    assert "--width is a flag of --mode=train and --mode=toy" in error
    assert program("--mode=export", "--run_dir=run")[0] == 0
    code, _, error = program("--mode=export", "--run_dir=run", "--export_version=1")
    assert code == 2
    assert "export_version=1: export/models/run/1 is there already" in error
    assert program("--mode=evaluate", "--model_dir=export/models/run", "--num_samples=50", "--metrics=fid",
                   "--classifiers=classifiers")[0] == 0
    assert program("--mode=sample", "--model_dir=run/export", "--export_version=1", "--output=first.png")[0] == 0
    code, _, error = program("--mode=sample", "--model_dir=run/export", "--export_version=7")
    assert (code, "no version 7 in run/export; the versions there are: 1, 2" in error) == (2, True)
    code, _, error = program("--mode=sample", "--run_dir=run", "--data_dir=x")
    assert (code, "data_dir is a setting of dataset=mnist" in error) == (2, True)


def test_a_folder_of_a_few_images_is_trained_on_and_not_measured(program, uncompiled):
    pathlib.Path("images").mkdir()
    for number in range(20):
        pixels = np.random.default_rng(number).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(f"images/{number}.png")
    code, shown, error = program("--dataset=image_folder", "--data_dir=images", "--image_size=8", "--run_dir=run",
                                 *TINY)
    assert code == 0, error
    assert "not measuring by test images: there are 1, and at least 10 are needed; sort the images into" in error
    assert "not measuring by validation images: there are 0" in error
    assert "exported to run/export/1" in shown


def test_other_data_than_that_of_a_run_is_refused(program):
    for folder, value in (("red", 0), ("blue", 200)):
        pathlib.Path(folder).mkdir()
        for number in range(30):
            Image.new("RGB", (8, 8), (255 - value, number, value)).save(f"{folder}/{number}.png")
    config = Config(dataset="image_folder", data_dir="red", image_size=8)
    prepare_run("run", config)
    model = build_model(config, (8, 8, 3))
    model.generators.optimizer.iterations.assign(1)
    Checkpoints(model, pathlib.Path("run/checkpoints"), keep=1).save()
    export_version(model, config, RunDirectory(pathlib.Path("run")), pathlib.Path("export"))
    for command in (["--mode=evaluate", "--run_dir=run"], ["--mode=evaluate", "--model_dir=export"],
                    ["--mode=evaluate", "--run_dir=run", "--split=train"],
                    ["--mode=gam", "--run_dir=run", "--run_dir=./run"],
                    ["--mode=bulk_sample", "--model_dir=export", "--num_samples=64", "--metrics=fid", "--output=out"]):
        code, _, error = program(*command, "--data_dir=blue")
        assert code == 2
        assert "images are not those of the " in error.splitlines()[-1], command
    code, _, error = program("--mode=sample", "--run_dir=run", "--data_dir=blue")
    assert (code, "samples of this model depend on no data" in error) == (2, True)


def test_an_interrupted_command_is_no_traceback(program, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("wirgan_tf.training.loop.train", interrupted)
    code, _, error = program("--run_dir=run", *TINY)
    assert (code, error.splitlines()[-1]) == (130, "interrupted")


def test_points(program, uncompiled):
    code, _, error = program("--dataset=gaussians_8", "--network=mlp", "--run_dir=run", *TINY)
    assert code == 0, error
    assert Image.open("run/samples/samples_0000002.png").size == (480, 480)
    assert program("--mode=sample", "--model_dir=run/export", "--output=points.npz", "--num_samples=9")[0] == 0
    assert np.load("points.npz")["images"].shape == (9, 2)


def test_samples_are_what_was_asked_for(program, pets, monkeypatch):
    model, export = pets
    sample = ("--mode=sample", f"--model_dir={export}", "--sample_seed=7")
    assert program(*sample, "--num_samples=5", "--label=dog,cat", "--output=some.npz")[0] == 0
    some = np.load("some.npz")
    assert (some["seeds"].tolist(), some["label"].tolist()) == ([7, 8, 9, 10, 11], [1, 0, 1, 0, 1])
    expected = to_pixels(Sampler(model).images(some["seeds"], {"label": some["label"]}))
    np.testing.assert_allclose(some["images"].astype(int), expected, atol=1)
    assert program(*sample, "--num_samples=12", "--label=each", "--output=each.png")[0] == 0
    assert Image.open("each.png").size == (4 * 130 - 2, 3 * 130 - 2)  # a row for each class
    for flags, message in ((["--label=cow"], "label=cow: the choices are cat, dog, Käfer, or their numbers 0 to 2"),
                           (["--attributes=none"], "attributes has no effect: samples of this model depend on label"),
                           (["--label=cat", "--data_dir=x"], "data_dir has no effect: samples of this model")):
        code, _, error = program(*sample, *flags)
        assert (code, message in error) == (2, True)
    # Without the data and without a word, labels are as frequent as in training: 1, 3 and 2 of 6.
    monkeypatch.setattr(data.DATASETS["digits"], "load", lambda *_: (_ for _ in ()).throw(FileNotFoundError("no data")))
    assert program("--mode=sample", f"--model_dir={export}", "--num_samples=6", "--output=any.npz")[0] == 0
    assert np.bincount(np.load("any.npz")["label"]).tolist() == [1, 3, 2]


def test_list_names_the_choices(program):
    code, shown, _ = program("--mode=list")
    assert code == 0
    for name in ("gp_wirgan", "lsun_church", "convolutional", "clipping", "gan_minimax", "classifier"):
        assert name in shown


def test_the_run_goes_on_with_more_iterations_but_not_with_other_settings(program, uncompiled):
    assert program("--run_dir=run", *TINY)[0] == 0
    measures = pathlib.Path("run/metrics.jsonl").read_text()
    code, shown, error = program("--run_dir=run", *TINY)
    assert (code, shown) == (0, "run was finished before, and exported to run/export/1; --mode=evaluate "
                                "--run_dir=run measures it\n"), error
    assert pathlib.Path("run/metrics.jsonl").read_text() == measures
    assert [path.name for path in pathlib.Path("run/export").iterdir()] == ["1"]
    assert program("--run_dir=run", "--iterations=3")[0] == 0
    assert pathlib.Path("run/checkpoints/ckpt-3.npz").is_file()
    code, _, error = program("--run_dir=run", "--width=3")
    assert code == 2
    assert "other settings: width (2 there, 3 asked for)" in error


@pytest.mark.parametrize(("flags", "message"), [
    (["--model=gpwirgan"], "unknown model 'gpwirgan'; did you mean 'gp_wirgan'?"),
    (["--mode=trian"], "unknown mode 'trian'; did you mean 'train'?"),
    (["--dataset=mnits"], "unknown dataset 'mnits'; did you mean 'mnist'?"),
    (["--network=cnn"], "unknown network 'cnn'"),
    (["--objective=wasserstein"], "unknown objective 'wasserstein'; the choices are: wgan, gan, gan_minimax"),
    (["--penalty=clip"], "unknown penalty 'clip'; did you mean 'clipping'?"),
    (["--time_steps=0"], "time_steps=0: must be at least 1"),
    (["--width=0"], "width=0: must be at least 1"),
    (["--digits_from=mnist"], "digits_from is a setting of dataset="),
    (["--dataset=swiss_roll"], "use network=mlp"),
    (["--dataset=mnist", "--data_dir=nowhere"], "nowhere"),
    (["--dataset=image_folder", "--data_dir=."], "there is no image in"),
    (["--mode=sample"], "--mode=sample needs --run_dir of a run or --model_dir"),
    (["--mode=sample", "--run_dir=nowhere"], "no run in nowhere"),
    (["--mode=sample", "--model_dir=nowhere"], "no exported generator in nowhere"),
    (["--mode=sample", "--model_dir=x", "--output=samples.jpg"], "expected a name that ends in .npz, .png or /"),
    (["--mode=sample", "--model_dir=x", "--output=no/samples.png"], "the folder no does not exist"),
    (["--mode=export"], "--mode=export needs --run_dir"),
    (["--metrics=fidd"], "unknown measure 'fidd'; did you mean 'fid'?"),
    (["--seed=99999999999999999999"], "must be between -2^62 and 2^62"),
    (["--critic_learning_rate=inf"], "critic_learning_rate=inf: must be greater than 0, and finite"),
    (["--mode=evaluate"], "--mode=evaluate needs --run_dir of a run or --model_dir"),
    (["--mode=evaluate", "--watch"], "--mode=evaluate needs --run_dir of a run to --watch"),
    (["--mode=gam", "--run_dir=a"], "a battle needs two different models or more; a given"),
    (["--mode=gam", "--run_dir=a", "--run_dir=b"], "no run in a"),
    (["--clip=0.1"], "clip is a setting of penalty=clipping"),
    (["--run_dir=gs://bucket/run"], "expected a path on this machine"),
])
def test_a_wrong_request_is_one_line_and_exit_code_2(program, flags, message):
    code, _, error = program(*flags)
    assert code == 2
    last = error.splitlines()[-1]
    assert last.startswith("error: ")
    assert message in last
    assert "Traceback" not in error
    assert not pathlib.Path("runs").exists()


def test_the_traceback_is_shown_when_asked_for(program):
    code, _, error = program("--model=gpwirgan", "--debug")
    assert code == 2
    assert "Traceback" in error


def test_an_unwritable_run_directory(program):
    """A file where the folder should be: root, who runs some test machines, may write everywhere else."""
    pathlib.Path("run").write_text("a file")
    code, _, error = program("--run_dir=run/below", *TINY)
    assert code == 1
    assert error.splitlines()[-1].startswith("error: ")
    assert "run" in error.splitlines()[-1]


def test_a_folder_of_classifiers_that_cannot_be_is_found_before_the_training(program, monkeypatch):
    monkeypatch.setattr("wirgan_tf.evaluation.train_classifier", None)
    pathlib.Path("file").write_text("a file")
    code, _, error = program("--mode=train_classifier", "--dataset=digits", "--classifiers=file/below")
    assert (code, "file" in error.splitlines()[-1]) == (1, True)


def test_divergence_is_a_failure(program, monkeypatch, uncompiled):
    train_step = AdversarialModel.train_step
    monkeypatch.setattr(AdversarialModel, "train_step",
                        lambda self, batch: train_step(self, batch) | {"generator/loss": float("nan")})
    code, _, error = program("--run_dir=run", *TINY)
    assert code == 1
    assert error.splitlines()[-1].startswith("error: generator/loss is nan at update 1 of gp_wirgan on digits; no")


def test_a_full_disk_leaves_nothing_half_written(tmp_path):
    """Files of the real program may not grow past 60 kB: the write of the first checkpoint fails like a full disk."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    program = [sys.executable, "-m", "wirgan_tf.main", f"--run_dir={tmp_path}/run", *TINY, "--network=mlp",
               "--time_steps=1", "--width=64", "--sample_every=1000", "--eval_every=0"]
    done = subprocess.run(program, preexec_fn=limit, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "error: could not write the checkpoint of update 2" in done.stderr.splitlines()[-1]
    assert not list((tmp_path / "run" / "checkpoints").glob("ckpt*"))
    assert not list(tmp_path.rglob("*partial*"))


def test_ctrl_c_saves_and_tells_how_to_go_on(tmp_path):
    program = [sys.executable, "-m", "wirgan_tf.main", "--run_dir=run", *TINY, "--network=mlp", "--time_steps=1",
               "--iterations=1000000", "--checkpoint_every=1", "--eval_every=0"]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=tmp_path)
    deadline = time.monotonic() + 120
    while newest_checkpoint(tmp_path / "run" / "checkpoints") is None and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    shown, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert shown.splitlines()[-1] == "stopped and saved; go on with: python -m wirgan_tf.main --run_dir=run"


def test_main_is_small():
    assert len(pathlib.Path(main.__file__).read_text().splitlines()) < 70
