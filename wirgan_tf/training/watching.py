"""What a person watches during training: TensorBoard and pictures."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf
from PIL import Image
from tensorboard.plugins.hparams import api as hparams

from wirgan_tf import pictures
from wirgan_tf.config import Config
from wirgan_tf.data import Source, Splits, shuffled_indices
from wirgan_tf.models import Model
from wirgan_tf.models.asking import Turns, watched_rows
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.speed import Speed
from wirgan_tf.training.variable_keys import keyed_weights, networks_of, optimizers_of

_SAMPLES = 100  # images of a sample grid, 10x10
_MOST_ROWS, _COLUMNS = 20, 10  # of a sample grid whose rows have conditions
_POINTS = 2_000
_PROCESSES = 10  # images whose drawing process is shown
_ESTIMATED_ON = 256  # images of the model's estimates


class Watch:
    """Writes scalars when there are logs and pictures every `sample_every` updates, always of the same noise.

    Real images are shown once, next to them. The training loop tells `speed` when an update has ended and when the next
    one begins.

    Args:
      model: in training.
      sampler: draws from its generator.
      splits: the model's estimates are of training and validation examples from these.
      run: where pictures and TensorBoard files go.
    """

    def __init__(self, config: Config, model: Model, sampler: Sampler, splits: Splits, run: RunDirectory):
        self._config = config
        self._model = model
        self._run = run
        self._sampler = sampler
        self._writer = tf.summary.create_file_writer(str(run.tensorboard))
        sources = {"train": splits.train, "validation": splits.validation}
        self._batches = {name: _fixed_batch(source) for name, source in sources.items() if source is not None}
        self._estimates = tf.function(model.estimates, autograph=False)
        self.speed = Speed()
        with self._writer.as_default(step=0):
            hparams.hparams(config.settings())
        if not run.real_images.exists():
            self._write_real_images()

    def after_update(self, iteration: int, logs: Mapping[str, float] | None) -> None:
        """Writes what is due after generator update `iteration`; `logs` are the means of the updates since the last."""
        if logs is not None:
            self._write_scalars(iteration, logs)
        if iteration % self._config.sample_every == 0 or iteration == self._config.iterations:
            self.write_pictures(iteration)

    def close(self) -> None:
        self._writer.close()

    def _write_scalars(self, iteration: int, logs: Mapping[str, float]) -> None:
        with self._writer.as_default(step=iteration):
            for name, value in {**logs, **self._model.diagnostics(), **self._learning_rates()}.items():
                tf.summary.scalar(f"train/{name}", value)
            for split, batch in self._batches.items():
                for name, value in self._estimates(batch).items():
                    tf.summary.scalar(f"{name}/{split}", value)
            if (speed := self.speed.per_second()) is not None:
                tf.summary.scalar("speed/updates_per_second", speed)
        self._writer.flush()

    def write_pictures(self, iteration: int) -> None:
        """Sample grid and drawing processes, as PNG files and in TensorBoard, with histograms of the weights."""
        samples = self._sample_grid()
        steps = pictures.draw_steps(self._sampler.canvases(row_seeds(0, _PROCESSES)))
        with self._writer.as_default(step=iteration):
            for name, picture in (("samples", samples), ("refinement", steps)):
                pictures.save(picture, self._run.samples / f"{name}_{iteration:07d}.png")
                tf.summary.image(name, np.atleast_3d(np.asarray(picture))[None])
            for key, variable in keyed_weights(networks_of(self._model)).items():
                if variable.trainable and not key.startswith("average_"):
                    tf.summary.histogram(key, variable.value)
        self._writer.flush()

    def _write_real_images(self) -> None:
        """Images that the model is trained on, as a grid like those of its samples."""
        images = self._batches["train"]["image"].numpy()
        picture = pictures.scatter(images[:0], images) if images.ndim == 2 else pictures.draw(images[:_SAMPLES])
        pictures.save(picture, self._run.real_images)
        with self._writer.as_default(step=0):
            tf.summary.image("real", np.atleast_3d(np.asarray(picture))[None])

    def _learning_rates(self) -> dict[str, tf.Tensor]:
        names = {name: "/".join([*name.split("_")[:-1], "learning_rate"]) for name in optimizers_of(self._model)}
        return {names[name]: tf.convert_to_tensor(optimizer.learning_rate)
                for name, optimizer in optimizers_of(self._model).items()}

    def _sample_grid(self) -> Image.Image:
        """Points, or images: 10x10, or rows of 10 with the same conditions, see `watched_rows`.

        For image translation, 50 pairs, each image next to its translation.
        """
        if len(self._batches["train"]["image"].shape) == 2:
            return pictures.draw(self._sampler.images(row_seeds(0, _POINTS)))
        expected = self._model.conditions
        if "source" in expected:
            seeds = row_seeds(0, _SAMPLES // 2)
            chosen = self._sampler.conditions(seeds)
            return pictures.draw_pairs(chosen["source"], self._sampler.images(seeds, chosen))
        rows = watched_rows(expected, self._sampler.conditions(row_seeds(0, _SAMPLES)), _MOST_ROWS)
        turns = Turns(rows, 0, self._sampler.conditions)
        seeds = row_seeds(0, _COLUMNS * turns.count if rows else _SAMPLES)
        return pictures.draw_turns(self._sampler.images(seeds, turns(seeds)), turns.count)


def _fixed_batch(source: Source) -> Mapping[str, tf.Tensor]:
    """The same examples at every call, from all over the data set."""
    places = tf.range(min(_ESTIMATED_ON, source.size), dtype=tf.int64)
    return source.examples(shuffled_indices(places, source.size, seed=0))
