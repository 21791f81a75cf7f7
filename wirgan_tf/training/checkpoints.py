"""Checkpoints that a stop at any moment cannot damage."""

import json
import logging
import pathlib
import shutil

import tensorflow as tf

from wirgan_tf.models import AdversarialModel


class Checkpoints:
    """The newest checkpoints of a run and its best one.

    A checkpoint holds both networks, the averaged generator and both optimizers, whose step counts are the run's
    counters. Files are written beside the older ones and become the newest in one rename.

    Args:
      model: a compiled model.
      directory: of the newest checkpoints; the best one is in its subfolder "best".
      keep: how many of the newest are kept.
    """

    def __init__(self, model: AdversarialModel, directory: pathlib.Path, keep: int):
        parts = {"generator": model.generator, "critic": model.critic,
                 "generator_optimizer": model.generator_optimizer, "critic_optimizer": model.critic_optimizer}
        if model.average is not None:
            parts["average"] = model.average.model
        self._model = model
        self._checkpoint = tf.train.Checkpoint(**{name: _Variables(part) for name, part in parts.items()})
        self._newest = tf.train.CheckpointManager(self._checkpoint, str(directory), max_to_keep=keep)
        self._best = tf.train.CheckpointManager(self._checkpoint, str(directory / "best"), max_to_keep=1)
        self._best_file = directory / "best" / "best.json"

    @property
    def newest(self) -> str | None:
        """Path of the newest checkpoint, or None."""
        return self._newest.latest_checkpoint

    def save(self) -> str:
        """Saves the model as it is and returns the path. Raises `OSError`, with nothing half-written left behind."""
        return self._save(self._newest)

    def save_if_best(self, measure: str, value: float) -> bool:
        """Saves the model as the best one if `value` is the lowest so far; says whether it was."""
        if self._best_file.is_file() and json.loads(self._best_file.read_text())["value"] <= value:
            return False
        self._save(self._best)
        record = {"measure": measure, "value": value, "update": int(self._model.iteration)}
        partial = self._best_file.with_suffix(".partial")
        partial.write_text(json.dumps(record) + "\n")
        partial.replace(self._best_file)
        return True

    def restore(self) -> int:
        """Restores the newest readable checkpoint and returns its generator updates; 0 when there is none.

        A damaged checkpoint is reported and the one before it is used. Raises `OSError` when all are damaged.
        """
        for path in reversed(self._newest.checkpoints):
            try:
                self._checkpoint.restore(path).assert_existing_objects_matched()
            except (tf.errors.OpError, OSError, IndexError) as error:  # IndexError: TensorFlow's, for a short file
                reason = str(error).splitlines()[0]
                logging.warning("checkpoint %s is damaged (%s); trying the one before it", path, reason)
            else:
                return int(self._model.iteration)
        if self._newest.checkpoints:
            raise OSError(f"no checkpoint in {self._newest.directory} can be read; start again in another --run_dir")
        return 0

    def _save(self, manager: tf.train.CheckpointManager) -> str:
        number = int(self._model.iteration)
        try:
            return manager.save(checkpoint_number=number)
        except (tf.errors.OpError, OSError) as error:
            for leftover in pathlib.Path(manager.directory).glob(f"ckpt-{number}*"):
                if leftover.is_dir():
                    shutil.rmtree(leftover)
                else:
                    leftover.unlink()
            reason = str(error).splitlines()[0]
            raise OSError(f"could not write the checkpoint of update {number} ({reason}); the last good one is "
                          f"{manager.latest_checkpoint}") from error


class _Variables(tf.Module):
    """All variables of a Keras object, in its own order: tf.train.Checkpoint does not see layers held in lists."""

    def __init__(self, owner):
        super().__init__()
        self.listed = [variable.value for variable in owner.variables]
