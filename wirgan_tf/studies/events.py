"""What a run's TensorBoard files hold: losses and speeds over generator updates."""

import functools
import pathlib
import statistics

import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import STORE_EVERYTHING_SIZE_GUIDANCE, EventAccumulator

from wirgan_tf.training.run_directory import RunDirectory

_SPEED = "speed/updates_per_second"


def scalars(run: pathlib.Path, name: str) -> dict[int, float]:
    """Values of the scalar `name` of the run in folder `run` by generator updates; empty without any."""
    events = _events(RunDirectory(run).tensorboard)
    if name not in events.Tags()["tensors"]:
        return {}
    return {event.step: float(tf.make_ndarray(event.tensor_proto)) for event in events.Tensors(name)}


def seconds_of_update(run: pathlib.Path) -> float | None:
    """Median over a run of the seconds that an update of the generator took, with those of the critic before it."""
    speeds = list(scalars(run, _SPEED).values())
    return 1 / statistics.median(speeds) if speeds else None


@functools.cache
def _events(folder: pathlib.Path) -> EventAccumulator:
    events = EventAccumulator(str(folder), size_guidance={**STORE_EVERYTHING_SIZE_GUIDANCE, "images": 1})
    events.Reload()
    return events
