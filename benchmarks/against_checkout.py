"""Seconds of a generator update by this checkout and by another one, the two taking turns update by update.

    python benchmarks/against_checkout.py --other=CHECKOUT --width=32 --repeats=30
    python benchmarks/against_checkout.py --other=CHECKOUT --toy --width=512 --batch=128 --repeats=60

Takes the flags of an update's size of `train_step.py`. Each checkout has a process of its own, which imports its
`wirgan_tf`, builds the model, and makes an update whenever it is asked for one; the first to go changes with every
turn. So both see the same machine, however its speed changes. The other checkout needs `Config(**settings)`,
`build_model(config, shape)` and `train_step` alone. Prints a JSON line: both medians, and the median, least and
greatest of the turns' ratios of this checkout's time to the other's, in time and in CPU time.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Protocol

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parents[1]
_WARMUP = 3


class Checkout:
    """A process that makes updates of one checkout's code.

    Args:
      path: of the checkout.
      flags: of the update's size.
    """

    def __init__(self, path: pathlib.Path, flags: list[str]):
        if not (path / "wirgan_tf").is_dir():
            raise SystemExit(f"no checkout of wirgan_tf in {path}; pass --other of a folder that has wirgan_tf/")
        self._process = subprocess.Popen([sys.executable, __file__, f"--updates_of={path}", *flags], text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         env=os.environ | {"PYTHONPATH": str(path)})

    def update(self) -> dict[str, float]:
        """Seconds and CPU seconds of one more update. Raises `RuntimeError` when the process has ended."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self._process.args)} ended with exit code {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def make_updates(arguments) -> None:
    """Makes an update for each line of the standard input, and prints what it took."""
    import tensorflow as tf
    from common import update_settings

    import wirgan_tf

    found = pathlib.Path(wirgan_tf.__file__).resolve().parents[1]
    if found != arguments.updates_of.resolve():
        raise SystemExit(f"imported {found}, not {arguments.updates_of}")
    from wirgan_tf.config import Config
    from wirgan_tf.models import build_model

    settings, shape = update_settings(arguments)
    model = build_model(Config(**settings), shape)
    update = tf.function(model.train_step, jit_compile=arguments.jit_compile or None)
    batches = tf.random.stateless_uniform([arguments.critic_updates, arguments.batch, *shape], [0, 0], -1.0, 1.0)
    for _ in sys.stdin:
        start, cpu_start = time.perf_counter(), time.process_time()
        for value in update({"image": batches}).values():
            value.numpy()
        print(json.dumps({"s": time.perf_counter() - start, "cpu_s": time.process_time() - cpu_start}), flush=True)


class Updates(Protocol):
    """Makes updates one by one."""

    def update(self) -> dict[str, float]:
        """Seconds `s` and CPU seconds `cpu_s` of one more update."""


def take_turns(sides: Mapping[str, Updates], repeats: int) -> list[dict[str, dict[str, float]]]:
    """What the update of each side took in each turn, by its name."""
    names = list(sides)
    for _ in range(_WARMUP):
        for name in names:
            sides[name].update()
    turns = []
    for _ in range(repeats):
        turns.append({name: sides[name].update() for name in names})
        names.reverse()
    return turns


def compared(turns: list[dict[str, dict[str, float]]]) -> dict[str, float]:
    """Medians of the sides `this` and `other`, and of the turns' ratios of the first to the second."""
    found = {f"{name}_{unit}": round(statistics.median(turn[name][unit] for turn in turns), 4)
             for name in turns[0] for unit in ("s", "cpu_s")}
    ratios = {unit: [turn["this"][unit] / turn["other"][unit] for turn in turns] for unit in ("s", "cpu_s")}
    return {**found, "ratio": round(statistics.median(ratios["s"]), 4), "least_ratio": round(min(ratios["s"]), 4),
            "greatest_ratio": round(max(ratios["s"]), 4), "cpu_ratio": round(statistics.median(ratios["cpu_s"]), 4)}


def main() -> None:
    from common import report, update_parser

    parser = update_parser(__doc__)
    parser.add_argument("--other", type=pathlib.Path, help="folder of the checkout to compare with")
    parser.add_argument("--updates_of", type=pathlib.Path, help="used by the program for its own processes")
    arguments = parser.parse_args()
    if arguments.updates_of:
        make_updates(arguments)
        return
    if not arguments.other:
        parser.error("--other=CHECKOUT is missing")
    sizes = {name: value for name, value in vars(arguments).items() if name not in ("other", "updates_of")}
    flags = [f"--{name}" if value is True else f"--{name}={value}" for name, value in sizes.items()
             if value is not False]
    checkouts = {"other": Checkout(arguments.other.resolve(), flags), "this": Checkout(HERE, flags)}
    turns = take_turns(checkouts, arguments.repeats)
    for checkout in checkouts.values():
        checkout.close()
    report("against_checkout", **sizes, **compared(turns))


if __name__ == "__main__":
    main()
