"""Checkpoints that a stop at any moment cannot damage."""

import json
import logging
import math
import pathlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from wirgan_tf.files import unfinished_files, write_whole
from wirgan_tf.models import Model
from wirgan_tf.training.variable_files import DamagedFileError, read_variables, write_variables
from wirgan_tf.training.variable_keys import keyed_variables


class Checkpoints:
    """The newest checkpoints of a run and its best one.

    A checkpoint is a file, `ckpt-<generator updates>.npz`, with the model's parts, among them the optimizers, whose
    step counts are the run's counters, and the model's state. It appears in one rename. The files that exist are the
    checkpoints: no list of them is kept, and no path is matched as a pattern.

    Args:
      model: a compiled model.
      directory: of the newest checkpoints.
      keep: how many of the newest are kept.
      best: subfolder of the best one; each process that judges has its own.
      settings: those that the run keeps, see `Config.fixed`; they are saved with the model, and compared on restoring.
    """

    def __init__(self, model: Model, directory: str | pathlib.Path, keep: int, best: str = "best",
                 settings: Mapping[str, Any] | None = None):
        self._model = model
        self._variables = keyed_variables(model)
        self._newest_folder = pathlib.Path(directory)
        self._best_folder = self._newest_folder / best
        self._keep = keep
        self._settings = settings or {}
        self._damaged: list[pathlib.Path] = []

    @property
    def newest(self) -> pathlib.Path | None:
        """Path of the newest checkpoint, or None."""
        return newest_checkpoint(self._newest_folder)

    @property
    def newest_written(self) -> tuple[pathlib.Path, int] | None:
        """Path of the newest checkpoint and when it was written, in nanoseconds; None without any."""
        try:
            return self.newest and (self.newest, self.newest.stat().st_mtime_ns)
        except FileNotFoundError:  # replaced in the meantime
            return None

    def save(self) -> pathlib.Path:
        """Saves the model as it is and returns the path. Raises `OSError`, with nothing half-written left behind.

        Of the checkpoints up to this one, all but the newest `keep` are deleted, and so are later ones that could not
        be restored: the run has continued from an earlier one.
        """
        path = self._write(self._newest_folder)
        before = [other for other in _on_disk(self._newest_folder) if update_of(other) <= update_of(path)]
        _delete([*before[:-self._keep], *(other for other in self._damaged if other != path)])
        self._damaged.clear()
        return path

    def save_if_best(self, measure: str, value: float, higher_is_better: bool = False) -> bool:
        """Saves the model as the best one if `value` is the lowest (or highest) so far, and says whether it was.

        Values of different measures are not compared: the first of another measure is the best so far. NaN never is.
        """
        best = self._best_record()
        worse = best and (best["value"] >= value if higher_is_better else best["value"] <= value)
        if math.isnan(value) or (worse and best["measure"] == measure):
            return False
        path = self._write(self._best_folder)
        record = {"measure": measure, "value": value, "update": update_of(path)}
        write_whole(self._best_folder / _RECORD, json.dumps(record).encode() + b"\n")
        _delete(other for other in _on_disk(self._best_folder) if other != path)
        return True

    def restore(self, best: bool = False) -> int:
        """Restores the newest readable checkpoint, or the best one, and returns its generator updates; 0 without any.

        A damaged checkpoint is reported and the one before it is used. Raises `OSError` when all are damaged, and
        `ValueError`, naming what differs, for a checkpoint of another model or of other settings; the model is left as
        it was.
        """
        folder = self._best_folder if best else self._newest_folder
        paths = self._best_last() if best else _on_disk(folder)
        for path in reversed(paths):
            try:
                read_variables(path, self._variables, self._settings)
            except OSError as error:
                logging.warning("%s; trying the checkpoint before it", error)
                if isinstance(error, DamagedFileError) and not best:
                    self._damaged.append(path)
            else:
                return int(self._model.iteration)
        if not set(paths) >= set(_on_disk(folder)):  # training has put a newer one in their place in the meantime
            return self.restore(best)
        if paths:
            raise OSError(f"no checkpoint in {folder} can be read; start again in another run directory")
        _refuse_older_format(folder)
        return 0

    def _write(self, folder: pathlib.Path) -> pathlib.Path:
        update = int(self._model.iteration)
        path = folder / f"ckpt-{update}.npz"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _delete(unfinished_files(folder))  # of a process that was killed
            write_variables(path, self._variables, self._settings)
        except OSError as error:
            raise OSError(f"could not write the checkpoint of update {update} ({error}); the last good one is "
                          f"{self.newest}") from error
        return path

    def _best_record(self) -> dict | None:
        """What the best checkpoint was judged by, or None."""
        path = self._best_folder / _RECORD
        if not path.is_file():
            return None
        try:
            record = json.loads(path.read_text())
            return {"measure": record["measure"], "value": float(record["value"]), "update": int(record["update"])}
        except (ValueError, TypeError, KeyError) as error:
            logging.warning("%s is damaged (%s); the next evaluation is the best so far", path, error)
            return None

    def _best_last(self) -> list[pathlib.Path]:
        """The checkpoints in the best one's folder, where a stop may have left two; the one judged comes last."""
        best = self._best_record()
        judged = best["update"] if best else None
        return sorted(_on_disk(self._best_folder), key=lambda path: update_of(path) == judged)


_RECORD = "best.json"
_NAME = re.compile(r"ckpt-(\d+)\.npz")


def newest_checkpoint(folder: pathlib.Path) -> pathlib.Path | None:
    """Path of the newest checkpoint in `folder`, or None."""
    return next(reversed(_on_disk(folder)), None)


def updates_made(folder: pathlib.Path) -> int:
    """Generator updates of the newest checkpoint in `folder`; 0 without any."""
    newest = newest_checkpoint(folder)
    return update_of(newest) if newest else 0


def _on_disk(folder: pathlib.Path) -> list[pathlib.Path]:
    """Paths of the checkpoints in `folder`, oldest first."""
    paths = folder.iterdir() if folder.is_dir() else ()
    return sorted((path for path in paths if _NAME.fullmatch(path.name)), key=update_of)


def update_of(path: pathlib.Path) -> int:
    """The number of generator updates after which a checkpoint was made."""
    return int(_NAME.fullmatch(path.name)[1])


def _delete(paths: Iterable[pathlib.Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _refuse_older_format(folder: pathlib.Path) -> None:
    """Raises `ValueError` when there are checkpoints in the format that wirgan_tf used at first, TensorFlow's."""
    if folder.is_dir() and any(re.fullmatch(r"ckpt-\d+\.index", path.name) for path in folder.iterdir()):
        raise ValueError(f"{folder} holds checkpoints in the format of an earlier version of wirgan_tf, which this one "
                         "does not read; train again in another run directory, or go on with that version")
