import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.models import labelled_family
from wirgan_tf import data, pictures
from wirgan_tf.config import Config
from wirgan_tf.models import AdversarialModel, build_model
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.studies.events import scalars
from wirgan_tf.training import loop, speed
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.watching import Watch


def test_what_tensorboard_shows(tmp_path):
    config = Config(model="wirgan", width=2, latent=4, time_steps=2, penalty="clipping", critic_normalization="batch",
                    log_every=1, sample_every=2, iterations=10)
    run = RunDirectory(tmp_path)
    splits = data.load_splits(config.data, config.validation_share)
    run.prepare(config, splits)
    model = build_model(config, splits.train.spec)
    watch = Watch(config, model, Sampler(model), splits, run)
    for iteration in (1, 2):
        with watch.speed.after_update():
            watch.after_update(iteration, {"critic/loss": 0.5, "generator/loss": -1.0})
    watch.close()
    events = EventAccumulator(str(run.tensorboard), size_guidance={"tensors": 0})
    events.Reload()
    tags = set(events.Tags()["tensors"])
    assert {"train/critic/loss", "train/generator/loss", "train/clipped_share",
            "wasserstein_estimate/train", "wasserstein_estimate/validation",
            "real_score/train", "generated_score/validation", "train/critic/learning_rate",
            "train/generator/learning_rate", "speed/updates_per_second", "real", "samples", "refinement",
            "critic/convolutions.0/kernel", "generator/decoder/dense/kernel"} <= tags
    assert "_hparams_/session_start_info" in tags
    assert [event.step for event in events.Tensors("train/critic/loss")] == [1, 2]
    assert float(tf.make_ndarray(events.Tensors("train/critic/loss")[0].tensor_proto)) == 0.5
    assert sorted(path.name for path in run.samples.iterdir()) == ["real.png", "refinement_0000002.png",
                                                                   "samples_0000002.png"]
    assert Image.open(run.samples / "real.png").size == (578, 578)


def test_a_row_of_samples_for_each_class(tmp_path):
    run = RunDirectory(tmp_path)
    with labelled_family.registered():
        config = Config(model="labelled_gan", iterations=1)
        splits = data.load_splits(config.data, config.validation_share)
        model = loop.train(config, run, splits=splits)
    assert sum(run.load_frequencies()["label"]) == splits.train.size
    seeds = np.array([3, 13, 93])  # of the row of the class 3: its first, second and last image
    conditions = data.conditions_of(splits.validation, ["attributes"])(seeds) | {"label": np.full(3, 3)}
    expected = pictures.to_pixels(Sampler(model).images(seeds, conditions))[..., 0]
    sheet = np.asarray(Image.open(run.samples / "samples_0000001.png"), np.int32)
    assert sheet.shape == (10 * 58 - 2, 10 * 58 - 2)  # images are enlarged to 56x56, with gaps of 2
    for image, column in zip(expected, (0, 1, 9), strict=True):
        shown = sheet[3 * 58:4 * 58 - 2:7, column * 58:column * 58 + 56:7]
        np.testing.assert_allclose(shown, image, atol=1)


def test_what_objective_balance_and_halving_remember_is_shown(tmp_path):
    config = Config(model="began", dataset="gaussians_8", network="mlp_autoencoder", objective="began", penalty="none",
                    width=4, latent=2, time_steps=1, batch_size=8, critic_updates=1, iterations=2, log_every=1,
                    learning_rate_decay="on_stall", generator_skip_below=1.0, sample_every=2)
    run = RunDirectory(tmp_path)
    loop.train(config, run)
    events = EventAccumulator(str(run.tensorboard), size_guidance={"tensors": 0})
    events.Reload()
    shown = {tag: [float(tf.make_ndarray(event.tensor_proto)) for event in events.Tensors(f"train/{tag}")]
             for tag in ("k", "convergence", "skipped_critic_updates", "skipped_generator_updates",
                         "generator/learning_rate")}
    assert min(shown["convergence"]) > 0
    assert min(shown["k"]) >= 0
    assert shown["skipped_critic_updates"] == [0.0, 0.0]
    assert shown["skipped_generator_updates"] == [1.0, 2.0]  # a critic that gets all right is not there yet
    assert shown["generator/learning_rate"] == pytest.approx([1e-4, 1e-4])


def test_the_speed_is_that_of_updates_alone(tmp_path, monkeypatch, uncompiled):
    """By a clock that only updates and pictures move: 2 s an update, 1000 s for the pictures after each."""
    now = [0.0]

    def taking(seconds, function):
        def slowly(*arguments):
            now[0] += seconds
            return function(*arguments)

        return slowly

    monkeypatch.setattr(speed.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(AdversarialModel, "train_step", taking(2.0, AdversarialModel.train_step))
    monkeypatch.setattr(Watch, "write_pictures", taking(1000.0, Watch.write_pictures))
    config = Config(dataset="gaussians_8", network="mlp", width=4, latent=2, time_steps=1, batch_size=8,
                    critic_updates=1, iterations=5, log_every=2, sample_every=1)
    run = RunDirectory(tmp_path)
    loop.train(config, run)
    assert scalars(run.path, "speed/updates_per_second") == {2: 0.5, 4: 0.5, 5: 0.5}
