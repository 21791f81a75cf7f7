"""Initial weights that depend on a seed and nothing else."""

import itertools

import keras

from wirgan_tf.config import INITIALIZERS


class WeightInitializers:
    """Makes one initializer for each layer, each with a seed of its own, so that equal seeds build equal networks.

    Args:
      kind: "normal", N(0, 0.02^2); "glorot", Glorot's normal, variance 2 / (fan in + fan out); "he", He's normal,
        variance 2 / fan in.
      seed: of the network.
      player: 0 for the generator, 1 for the critic: networks of one run that must not share their seeds.
    """

    def __init__(self, kind: str, seed: int, player: int):
        self._kind = kind
        self._seeds = itertools.count((2 * seed + player) * 1_000)

    def __call__(self) -> keras.Initializer:
        seed = next(self._seeds)
        if self._kind == "glorot":
            return keras.initializers.GlorotNormal(seed)
        if self._kind == "he":
            return keras.initializers.HeNormal(seed)
        if self._kind == "normal":
            return keras.initializers.RandomNormal(stddev=0.02, seed=seed)
        raise ValueError(f"unknown initializer {self._kind!r}; the choices are: {', '.join(INITIALIZERS)}")
