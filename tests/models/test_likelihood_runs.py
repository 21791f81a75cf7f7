"""The life of a likelihood's model in a run: trained, resumed and exported."""

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from wirgan_tf.config import Config
from wirgan_tf.exporting import ExportedGenerator, export_generator
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.training import loop
from wirgan_tf.training.run_directory import RunDirectory


def test_a_resumed_run_ends_as_an_uninterrupted_one(tmp_path):
    whole = Config(model="vae", network="mlp", width=6, latent=3, batch_size=8, iterations=4, checkpoint_every=2,
                   log_every=2, eval_every=0)
    ends = []
    for folder, parts in (("whole", [4]), ("parted", [2, 4])):
        for iterations in parts:
            model = loop.train(whole.replace(iterations=iterations), RunDirectory(tmp_path / folder))
        ends.append([variable.numpy() for variable in model.networks.trainable_variables])
    for mine, theirs in zip(*ends, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert sorted(path.name for path in (tmp_path / "whole" / "samples").iterdir()) == [
        "real.png", "refinement_0000004.png", "samples_0000004.png"]
    events = EventAccumulator(str(tmp_path / "whole" / "tensorboard"), size_guidance={"tensors": 0})
    events.Reload()
    assert {"train/loss", "train/divergence", "loss/validation", "reconstruction/train",
            "samples", "refinement"} <= set(events.Tags()["tensors"])


def test_exports_draw_what_the_run_draws(tmp_path):
    config = Config(model="draw", width=6, latent=3, batch_size=8, time_steps=3, write_size=3)
    model = build_model(config, (8, 8, 1))
    exported = ExportedGenerator(export_generator(model, config, tmp_path))
    seeds = row_seeds(3, 5)
    np.testing.assert_allclose(exported.images(seeds), Sampler(model).images(seeds), atol=1e-6)
