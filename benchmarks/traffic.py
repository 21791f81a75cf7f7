"""What replicas exchange in a generator update, counted from the variables of built models.

    python benchmarks/traffic.py

Prints a JSON line for each of the paper's sizes: parameters of both players, the bytes that each replica gives to the
sums of an update, the number of sums, and, for comparison, the multiply-adds of an update for one image.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from typing import NamedTuple

from common import report
from multiply_adds import update as multiply_adds

from wirgan_tf.config import Config
from wirgan_tf.models import AdversarialModel, build_model

_FLOAT = 4  # bytes
_SIZES = (((8, 8, 1), 16), ((28, 28, 1), 32), ((28, 28, 1), 128), ((32, 32, 3), 128), ((64, 64, 3), 128),
          ((128, 128, 3), 128))


class Traffic(NamedTuple):
    """In an update, of a replica: bytes given to sums of gradients and of moments, and how many of the latter."""

    gradient_bytes: int
    moment_bytes: int
    moment_sums: int


def traffic(config: Config, model: AdversarialModel) -> Traffic:
    """The traffic under the gradient penalty, whose critic has no batch normalisation.

    The critic's gradients are summed n_D times, the generator's once. The generator is drawn from n_D + 1 times; each
    time, replicas meet once in every normalisation of every time step for its two moments, and in the generator's own
    update once more for the gradients of these.
    """
    moments = [variable.value.shape.num_elements() for variable in model.generator.non_trainable_variables
               if "moving_mean" in variable.path]  # one for each time step
    critic_updates = config.family.critic_updates
    draws = critic_updates + 1 + int(config.network.sync_batch_norm)
    return Traffic(_FLOAT * (critic_updates * parameters(model.critic) + parameters(model.generator)),
                   _FLOAT * draws * 2 * sum(moments), draws * len(moments))


def parameters(network) -> int:
    return sum(variable.value.shape.num_elements() for variable in network.trainable_variables)


def main() -> None:
    for shape, width in _SIZES:
        for time_steps in (1, 3, 5):
            config = Config(width=width, time_steps=time_steps)
            model = build_model(config, shape)
            report("traffic", shape=shape, width=width, time_steps=time_steps,
                   batches=config.family.batches,
                   generator_parameters=parameters(model.generator), critic_parameters=parameters(model.critic),
                   **traffic(config, model)._asdict(),
                   multiply_adds_per_image=multiply_adds(config, shape) // config.batch_size)


if __name__ == "__main__":
    main()
