"""Training from Python, with all that the command does."""

import os
from collections.abc import Sequence

import numpy as np

from wirgan_tf.commands.train import Train
from wirgan_tf.config import Config
from wirgan_tf.data.own import Images, own_splits
from wirgan_tf.environment import without_notes
from wirgan_tf.models import Model
from wirgan_tf.parts import setting_fields
from wirgan_tf.resources import naming_what_ran_out

_DEFAULTS = {name: field.default for name, field in setting_fields(Train).items()}


def train(config: Config, images: Images | None = None, labels: np.ndarray | None = None, *,
          test_images: Images | None = None, test_labels: np.ndarray | None = None, class_names: Sequence[str] = (),
          run_dir: str | os.PathLike = "", metrics: str = _DEFAULTS["metrics"], features: str = "",
          classifiers: str | os.PathLike = _DEFAULTS["classifiers"], strategy: str = "auto") -> Model | None:
    """Trains or resumes a run, as `--mode=train` does.

    The run's folder gets TensorBoard files, pictures, checkpoints and measures, and at the end an export. The same call
    continues a run that was stopped from its newest checkpoint.

    Args:
      config: of the run. With `images`, its `dataset` is the name of the data, any name.
      images: to train on: uint8 0 .. 255 or float32 in [-1, 1], [N, height, width, channels]; points, float32 [N, D]; a
        `Source`; or a `tf.data.Dataset` of known size, of images, of pairs (image, label) or of dictionaries, which is
        read into memory. None: the data set `config.dataset`.
      labels: int [N], with arrays, for models that draw by class.
      test_images, test_labels: to report on at the end. Without them the validation part of `images` is reported on,
        by which checkpoints were chosen.
      class_names: of the labels' classes; by default their numbers.
      run_dir: the run's folder; by default runs/<dataset>_<model>_t<time_steps>.
      metrics, features, classifiers, strategy: as the flags of these names.

    Returns: the trained model, for a `Sampler`; None when it was stopped by Ctrl-C, its work saved.

    Raises: `ValueError` for images of another type or range, with what was found and how to scale them, and what
      `training.loop.train` raises.
    """
    if not isinstance(config, Config):
        raise ValueError(f"config is of the type {type(config).__name__}: expected a Config, then the images, as in "
                         "train(Config(), images)")
    command = Train(run_dir=os.fspath(run_dir), metrics=metrics, features=features, classifiers=os.fspath(classifiers),
                    strategy=strategy)
    if images is not None:
        splits = own_splits(config.dataset, images, labels, test_images=test_images, test_labels=test_labels,
                            class_names=class_names, validation_share=config.validation_share)
        with naming_what_ran_out(), without_notes():
            return command.train(config, splits)
    if test_images is not None or labels is not None or test_labels is not None or class_names:
        raise ValueError("labels, test_images and class_names go with images; give images too")
    with naming_what_ran_out(), without_notes():
        return command.train(config)
