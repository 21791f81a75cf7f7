"""Where a generator update's time goes: the share of each kind of operation, from TensorFlow's profiler.

    python benchmarks/profile_step.py --size=28 --channels=1 --width=128
    python benchmarks/profile_step.py --toy --width=512 --batch=128

Takes the flags of train_step.py and prints one JSON line: seconds of an update, and for each kind of operation the
share of all operations' own time, largest first.
"""

import collections
import os
import pathlib
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from common import report, update_parser
from tensorflow.tsl.profiler.protobuf import xplane_pb2
from train_step import compiled_step

_LISTED = 12


def main() -> None:
    arguments = update_parser(__doc__).parse_args()
    step = compiled_step(arguments)
    for _ in range(2):
        step()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            for _ in range(arguments.repeats):
                step()
        seconds = (time.perf_counter() - start) / arguments.repeats
        spent = own_times(folder)
    total = sum(spent.values())
    report("profile_step", **vars(arguments), seconds_per_update=round(seconds, 3),
           share={name: round(value / total, 3) for name, value in spent.most_common(_LISTED)})


def own_times(folder: str) -> collections.Counter:
    """Picoseconds that each kind of operation ran, on all threads, without the operations that ran inside it."""
    space = xplane_pb2.XSpace()
    path, = pathlib.Path(folder).rglob("*.xplane.pb")
    space.ParseFromString(path.read_bytes())
    spent = collections.Counter()
    for plane in space.planes:
        if plane.name != "/host:CPU":
            continue
        for line in plane.lines:
            open_events = []
            for event in sorted(line.events, key=lambda event: (event.offset_ps, -event.duration_ps)):
                name, _, operation = plane.event_metadata[event.metadata_id].name.rpartition(":")
                kind = operation.lstrip("_")  # oneDNN's begin with _Mkl, the executor's own with ::
                if not name or name.endswith(":") or not kind[:1].isupper():
                    continue
                while open_events and open_events[-1][0] <= event.offset_ps:
                    open_events.pop()
                if open_events:
                    spent[open_events[-1][1]] -= event.duration_ps
                spent[operation] += event.duration_ps
                open_events.append((event.offset_ps + event.duration_ps, operation))
    return spent


if __name__ == "__main__":
    main()
