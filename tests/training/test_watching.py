import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.watching import Watch


def test_what_tensorboard_shows(tmp_path):
    config = Config(model="wirgan", width=2, latent=4, time_steps=2, penalty="clipping", critic_normalization="batch",
                    log_every=1, sample_every=2, iterations=10)
    run = RunDirectory(tmp_path)
    run.prepare(config, (8, 8, 1))
    held_out = data.load(config, "test")
    model = build_model(config, held_out.shape)
    watch = Watch(config, model, Sampler(model.sampler, config.noise), data.load(config, "train"), held_out, run)
    for iteration in (1, 2):
        watch.after_update(iteration, {"critic_loss": tf.constant(0.5), "generator_loss": tf.constant(-1.0)})
    watch.close()
    events = EventAccumulator(str(run.tensorboard), size_guidance={"tensors": 0})
    events.Reload()
    tags = set(events.Tags()["tensors"])
    assert {"train/critic_loss", "train/generator_loss", "train/clipped_share",
            "wasserstein_estimate/train", "wasserstein_estimate/held_out",
            "speed/updates_per_second", "samples", "refinement", "critic/convolution_0/kernel"} <= tags
    assert "_hparams_/session_start_info" in tags
    assert [event.step for event in events.Tensors("train/critic_loss")] == [1, 2]
    assert float(tf.make_ndarray(events.Tensors("train/critic_loss")[0].tensor_proto)) == 0.5
    assert sorted(path.name for path in run.samples.iterdir()) == ["refinement_0000002.png", "samples_0000002.png"]
