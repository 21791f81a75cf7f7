"""Seconds of a generator update of one model and of another one, the two taking turns update by update.

    python benchmarks/against_model.py --model=conditional_gp_wirgan --other=gp_wirgan --width=32 --repeats=30

It shows, for example, what a condition costs: images come with labels of ten classes, which a model without conditions
ignores. Takes the flags of an update's size of `train_step.py`. Both models have the same sizes, and are in one
process; which of them goes first changes with every turn. Prints a JSON line: both medians, and the median, least and
greatest of the turns' ratios of this model's time to the other's, in time and in CPU time.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from common import report, update_parser, update_settings
from turns import compared, take_turns, timed

from wirgan_tf.config import Config
from wirgan_tf.entries import Entry, Spec
from wirgan_tf.models import build_model
from wirgan_tf.training.updates import compiled_update

_CLASSES = 10


class ModelUpdates:
    """Makes updates of a model on random images of `spec`, the same in each update.

    Args:
      config: of its run.
      spec: images, and the labels of _CLASSES classes.
    """

    def __init__(self, config: Config, spec: Spec):
        rows = [config.family.batches, config.batch_size]
        self._update = compiled_update(build_model(config, spec), tf.distribute.get_strategy(), config.jit_compile)
        self._batch = {"image": tf.random.stateless_uniform([*rows, *spec["image"].shape], [0, 0], -1.0, 1.0),
                       "label": tf.random.stateless_uniform(rows, [0, 0], 0, _CLASSES, tf.int64)}

    def turn(self) -> dict[str, float]:
        """Seconds and CPU seconds of one more update."""
        return timed(lambda: float(self._update(self._batch)["critic/loss"]))


def main() -> None:
    parser = update_parser(__doc__)
    parser.add_argument("--model", default="conditional_gp_wirgan")
    parser.add_argument("--other", default="gp_wirgan")
    arguments = parser.parse_args()
    settings, shape = update_settings(arguments)
    spec = {"image": Entry(shape), "label": Entry((), tf.int64, tuple(str(number) for number in range(_CLASSES)))}
    sides = {name: ModelUpdates(Config(model=model, jit_compile=arguments.jit_compile, **settings), spec)
             for name, model in (("other", arguments.other), ("this", arguments.model))}
    report("against_model", **vars(arguments), **compared(take_turns(sides, arguments.repeats), "this", "other"))


if __name__ == "__main__":
    main()
