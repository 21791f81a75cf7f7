"""Generators that come with the package; the one here is made by the test."""

import errno
import pathlib

import numpy as np
import package_generator
import pytest

from tests.end_to_end.small_runs import prepare_run
from wirgan_tf.commands.sample import Sample
from wirgan_tf.commands.serve import Serve
from wirgan_tf.config import Config
from wirgan_tf.exporting import ExportedGenerator, find_export, pretrained
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.training.checkpoints import Checkpoints
from wirgan_tf.training.run_directory import RunDirectory

CARD = ["--data=Handwritten digits.", "--licence=Apache-2.0; the digits CC BY 4.0"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run as it stands after its first update, and its model."""
    path = tmp_path_factory.mktemp("runs") / "run"
    config = Config(model="cgan", width=2, latent=4, generator_average=0.5)
    prepare_run(path, config)
    model = build_model(config, RunDirectory(path).load_spec())
    model.generators.optimizer.iterations.assign(1)
    Checkpoints(model, path / "checkpoints", keep=1).save()
    return path, model


@pytest.fixture(scope="module")
def packaged(run, tmp_path_factory):
    """Installed where TensorFlow would take the path for a pattern."""
    folder = tmp_path_factory.mktemp("lib [python] 3") / "pretrained"
    assert package_generator.main([str(run[0]), "--name=digits_tiny", f"--folder={folder}", *CARD]) == 0
    return folder


@pytest.fixture
def installed(packaged, monkeypatch):
    monkeypatch.setattr(pretrained, "FOLDER", packaged)


def test_it_draws_as_the_model_did(run, installed, tmp_path):
    Sample(pretrained="digits_tiny", num_samples=20, label="each", output=str(tmp_path / "samples.npz")).run()
    found = np.load(tmp_path / "samples.npz")
    assert found["label"].tolist() == [*range(10), *range(10)]
    expected = Sampler(run[1]).images(found["seeds"], {"label": found["label"]})
    np.testing.assert_allclose(found["images"] / 127.5 - 1, expected, atol=0.02)


def test_labels_are_as_frequent_as_in_training(installed, tmp_path):
    Sample(pretrained="digits_tiny", num_samples=5, output=str(tmp_path / "samples.npz")).run()
    assert np.load(tmp_path / "samples.npz")["label"].shape == (5,)


def test_it_is_served_as_an_export(run, installed, monkeypatch, tmp_path):
    monkeypatch.setattr(pretrained, "CACHE", tmp_path)
    base = Serve(pretrained="digits_tiny").base()
    assert (base.name, Serve(pretrained="digits_tiny").base()) == ("digits_tiny", base)
    folder, metadata = find_export(base)
    assert (folder.name, metadata["iteration"]) == ("1", 1)
    seeds, asked = np.arange(4), {"label": np.arange(4)}
    np.testing.assert_allclose(ExportedGenerator(base).images(seeds, asked), Sampler(run[1]).images(seeds, asked),
                               atol=0.01)
    # An export can be packaged, too.
    assert package_generator.main([str(base), "--name=again", f"--folder={tmp_path}", *CARD]) == 0
    assert (tmp_path / "again" / "generator.npz").stat().st_size == (
        pretrained.FOLDER / "digits_tiny" / "generator.npz").stat().st_size


def test_two_processes_may_need_it_at_once(installed, monkeypatch, tmp_path):
    """The other one is done first; a folder cannot be renamed to one that has files."""
    def export(model, config, base, version, **about):
        (base / "1").mkdir(parents=True)
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    monkeypatch.setattr(pretrained, "CACHE", tmp_path)
    monkeypatch.setattr(pretrained, "export_generator", export)
    base = pretrained.find_pretrained("digits_tiny").export_base()
    assert [folder.name for folder in base.iterdir()] == ["1"]


def test_the_card_says_what_it_is(packaged):
    card = (packaged / "digits_tiny" / "card.md").read_text()
    for words in ("`cgan` with T = 1 on `digits`, images of [8, 8, 1], after 1 updates", "Handwritten digits.",
                  "wirgan_tf --model=cgan --dataset=digits --generator_average=0.5 --width=2 --latent=4",
                  "not measured", "Apache-2.0;"):
        assert words in card
    assert {path.name for path in (packaged / "digits_tiny").iterdir()} == {
        "card.md", "generator.npz", "model.json", "refinement.png", "samples.png"}


@pytest.mark.parametrize(("given", "message"), [
    ({"pretrained": "digits"}, "unknown packaged generator 'digits'; did you mean 'digits_tiny'"),
    ({"pretrained": "digits_tiny", "run_dir": "x"}, "pretrained and another source of samples were both given")])
def test_what_is_not_there(installed, given, message):
    with pytest.raises(ValueError, match=message):
        Sample(**given).run()


def test_none_comes_with_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path / "none")
    with pytest.raises(ValueError, match="pretrained=mnist: no generator comes with this installation; train one"):
        Serve(pretrained="mnist").base()


def test_a_large_generator_is_refused(capsys, tmp_path):
    weights = {"generator/dense/kernel": np.zeros([1000, 501], np.float32), "generator/bias": np.zeros(3)}
    with pytest.raises(ValueError, match=r"takes 1\.00 MB as float16, generator/dense/kernel 1\.00 MB of it; at most"):
        pretrained.write_pretrained(tmp_path / "large", weights, Config(), {}, {})
    with pytest.raises(ValueError, match="generator/scale has values that float16 does not hold"):
        pretrained.write_pretrained(tmp_path / "wide", {"generator/scale": np.array([1e6])}, Config(), {}, {})
    assert not list(tmp_path.iterdir())
    assert package_generator.main(["nowhere", "--name=x", f"--folder={tmp_path}", *CARD]) == 2
    assert "no exported generator in nowhere" in capsys.readouterr().err


def test_every_one_that_comes_with_the_package_is_small_and_has_a_card():
    for name in pretrained.pretrained_names():
        found = pretrained.find_pretrained(name)
        assert sum(path.stat().st_size for path in found.folder.iterdir()) < 1.5e6
        assert pathlib.Path(found.folder / "card.md").read_text().startswith(f"# {name}\n")
