"""Checkpoints that a stop at any moment cannot damage."""

import json
import logging
import pathlib
import shutil
from collections.abc import Iterable, Sequence

import keras
import tensorflow as tf

from wirgan_tf.files import write_whole
from wirgan_tf.models import Model


def kept_variables(model: Model) -> dict[str, Sequence[keras.Variable]]:
    """All that a run has to remember of a compiled model, by the part it belongs to."""
    return {name: part.variables for name, part in model.parts.items()} | {
        name: [variable] for name, variable in model.state.items()}


class Checkpoints:
    """The newest checkpoints of a run and its best one.

    A checkpoint holds the model's parts, among them the optimizers, whose step counts are the run's counters, and its
    state. Files are written beside the older ones and become the newest in one rename.

    Args:
      model: a compiled model.
      directory: of the newest checkpoints.
      keep: how many of the newest are kept.
      best: subfolder of the best one; each process that judges has its own.
    """

    def __init__(self, model: Model, directory: pathlib.Path, keep: int, best: str = "best"):
        listed = {name: _Variables(variables) for name, variables in kept_variables(model).items()}
        self._model = model
        self._checkpoint = tf.train.Checkpoint(**listed)
        for folder in (directory, directory / best):
            _mend_state_file(folder)
        self._newest = tf.train.CheckpointManager(self._checkpoint, str(directory), max_to_keep=keep)
        self._best = tf.train.CheckpointManager(self._checkpoint, str(directory / best), max_to_keep=1)
        self._best_file = directory / best / "best.json"

    @property
    def newest(self) -> str | None:
        """Path of the newest checkpoint, or None."""
        return newest_checkpoint(pathlib.Path(self._newest.directory))

    @property
    def newest_update(self) -> int:
        """Generator updates of the newest checkpoint; 0 without any."""
        return _update_of(self.newest) if self.newest else 0

    def save(self) -> str:
        """Saves the model as it is and returns the path. Raises `OSError`, with nothing half-written left behind."""
        return self._save(self._newest)

    def save_if_best(self, measure: str, value: float, higher_is_better: bool = False) -> bool:
        """Saves the model as the best one if `value` is the lowest (or highest) so far, and says whether it was.

        Values of different measures do not compare: the first of another measure is the best so far.
        """
        if self._best_file.is_file():
            best = json.loads(self._best_file.read_text())
            worse = best["value"] >= value if higher_is_better else best["value"] <= value
            if best["measure"] == measure and worse:
                return False
        self._save(self._best)
        record = {"measure": measure, "value": value, "update": int(self._model.iteration)}
        write_whole(self._best_file, json.dumps(record).encode() + b"\n")
        return True

    def restore(self, best: bool = False) -> int:
        """Restores the newest readable checkpoint, or the best one, and returns its generator updates; 0 without any.

        A damaged checkpoint is reported and the one before it is used. Raises `OSError` when all are damaged, and
        `ValueError` for a checkpoint of another model.
        """
        folder = pathlib.Path((self._best if best else self._newest).directory)
        paths = _on_disk(folder)
        for path in reversed(paths):
            try:
                self._checkpoint.restore(path).assert_existing_objects_matched()
            except (tf.errors.OpError, OSError, IndexError) as error:  # IndexError: TensorFlow's, for a short file
                reason = str(error).splitlines()[0]
                logging.warning("checkpoint %s is damaged (%s); trying the one before it", path, reason)
            except (AssertionError, ValueError) as error:
                raise ValueError(f"{path} is not a checkpoint of this model; was it written by another version of "
                                 "wirgan_tf?") from error
            else:
                return int(self._model.iteration)
        if paths:
            raise OSError(f"no checkpoint in {folder} can be read; start again in another --run_dir")
        return 0

    def _save(self, manager: tf.train.CheckpointManager) -> str:
        number = int(self._model.iteration)
        try:
            return manager.save(checkpoint_number=number)
        except (tf.errors.OpError, OSError) as error:
            folder = pathlib.Path(manager.directory)
            for leftover in (*folder.glob(f"ckpt-{number}.*"), *folder.glob(f"ckpt-{number}_temp*")):
                if leftover.is_dir():
                    shutil.rmtree(leftover)
                else:
                    leftover.unlink()
            reason = str(error).splitlines()[0]
            raise OSError(f"could not write the checkpoint of update {number} ({reason}); the last good one is "
                          f"{self.newest}") from error


def newest_checkpoint(folder: pathlib.Path) -> str | None:
    """Path of the newest checkpoint in `folder`, or None."""
    return next(reversed(_on_disk(folder)), None)


def _on_disk(folder: pathlib.Path) -> list[str]:
    """Paths of the checkpoints in `folder`, oldest first; the index of each is the last of its files to be written."""
    return sorted((str(index.with_suffix("")) for index in folder.glob("ckpt-*.index")), key=_update_of)


def _update_of(path: str) -> int:
    return int(pathlib.Path(path).name.removeprefix("ckpt-"))


def _mend_state_file(folder: pathlib.Path) -> None:
    """Writes TensorFlow's list of checkpoints anew when there are checkpoints and the list cannot be read."""
    paths = _on_disk(folder)
    try:
        readable = tf.train.get_checkpoint_state(str(folder)) is not None
    except ValueError:
        readable = False
    if paths and not readable:
        logging.warning("the list of checkpoints in %s is damaged or missing; taking those that are there", folder)
        tf.compat.v1.train.update_checkpoint_state(str(folder), paths[-1], paths)
    elif not readable:
        (folder / "checkpoint").unlink(missing_ok=True)


class _Variables(tf.Module):
    """Variables of a Keras object, in its own order: tf.train.Checkpoint does not see layers held in lists."""

    def __init__(self, variables: Iterable[keras.Variable]):
        super().__init__()
        self.listed = [variable.value for variable in variables]
