import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.training import loop
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
        watch.after_update(iteration, {"critic/loss": tf.constant(0.5), "generator/loss": tf.constant(-1.0)})
    watch.close()
    events = EventAccumulator(str(run.tensorboard), size_guidance={"tensors": 0})
    events.Reload()
    tags = set(events.Tags()["tensors"])
    assert {"train/critic/loss", "train/generator/loss", "train/clipped_share",
            "wasserstein_estimate/train", "wasserstein_estimate/validation",
            "speed/updates_per_second", "samples", "refinement", "critic/convolution_0/kernel"} <= tags
    assert "_hparams_/session_start_info" in tags
    assert [event.step for event in events.Tensors("train/critic/loss")] == [1, 2]
    assert float(tf.make_ndarray(events.Tensors("train/critic/loss")[0].tensor_proto)) == 0.5
    assert sorted(path.name for path in run.samples.iterdir()) == ["refinement_0000002.png", "samples_0000002.png"]


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
