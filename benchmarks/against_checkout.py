"""Seconds of a generator update by this checkout and by another one, the two taking turns update by update.

    python benchmarks/against_checkout.py --other=CHECKOUT --width=32 --repeats=30
    python benchmarks/against_checkout.py --other=CHECKOUT --toy --width=512 --batch=128 --repeats=60

Takes the flags of an update's size of `train_step.py`. Each checkout has a process of its own, which imports its
`wirgan_tf`, builds the model, and makes an update whenever it is asked for one; which of them goes first changes with
every turn. So both see the same machine, however its speed changes. The other checkout needs only `Config(**settings)`,
`build_model(config, shape)` and `train_step`. Prints a JSON line: both medians, and the median, least and greatest of
the turns' ratios of this checkout's time to the other's, in time and in CPU time.
"""

import os
import pathlib
import sys

from turns import Worker, answer_turns, compared, take_turns

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).resolve().parents[1]


def worker_of(checkout: pathlib.Path, flags: list[str]) -> Worker:
    """A process that makes updates of a checkout's code, of the size that `flags` say."""
    if not (checkout / "wirgan_tf").is_dir():
        raise SystemExit(f"no checkout of wirgan_tf in {checkout}; pass --other of a folder that has wirgan_tf/")
    return Worker([sys.executable, __file__, f"--updates_of={checkout}", *flags], {"PYTHONPATH": str(checkout)})


def make_updates(arguments) -> None:
    """Makes an update whenever it is asked for one."""
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
    answer_turns(lambda: [value.numpy() for value in update({"image": batches}).values()])


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
    workers = {"other": worker_of(arguments.other.resolve(), flags), "this": worker_of(HERE, flags)}
    rounds = take_turns(workers, arguments.repeats)
    for worker in workers.values():
        worker.close()
    report("against_checkout", **sizes, **compared(rounds, "this", "other"))


if __name__ == "__main__":
    main()
