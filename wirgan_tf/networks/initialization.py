"""Initial weights that depend on a seed and nothing else."""

import hashlib
import itertools

import keras

KINDS = ("normal", "glorot", "he")
ABOUT = "weights: N(0, 0.02^2), Glorot's or He's normal"
GENERATOR, CRITIC = "generator", "critic"
_FIRST = {GENERATOR: 0, CRITIC: 1}
_MODULUS = 2**31 - 2


class WeightInitializers:
    """Makes one initializer for each layer, each with a seed of its own, so that equal seeds build equal networks.

    Args:
      kind: "normal", N(0, 0.02^2); "glorot", Glorot's normal, variance 2 / (fan in + fan out); "he", He's normal,
        variance 2 / fan in.
      seed: of the run.
      network: its name; networks of one run with different names have different seeds.
    """

    def __init__(self, kind: str, seed: int, network: str):
        self._kind = kind
        self._seeds = itertools.count(_first_seed(seed, network))

    def __call__(self) -> keras.Initializer:
        seed = next(self._seeds)
        if self._kind == "glorot":
            return keras.initializers.GlorotNormal(seed)
        if self._kind == "he":
            return keras.initializers.HeNormal(seed)
        if self._kind == "normal":
            return keras.initializers.RandomNormal(stddev=0.02, seed=seed)
        raise ValueError(f"unknown initializer {self._kind!r}; the choices are: {', '.join(KINDS)}")

    def of_deviation(self, deviation: float) -> keras.Initializer:
        """N(0, deviation^2), whatever the kind."""
        return keras.initializers.RandomNormal(stddev=deviation, seed=next(self._seeds))

    def around_one(self) -> keras.Initializer:
        """N(1, 0.02^2), for scales of normalisation."""
        return keras.initializers.RandomNormal(1.0, 0.02, seed=next(self._seeds))

    def glorot(self) -> keras.Initializer:
        """Glorot's normal, whatever the kind."""
        return keras.initializers.GlorotNormal(next(self._seeds))


def _first_seed(seed: int, network: str) -> int:
    """Generator and critic count from the run's seed, further networks from a hash, to avoid the seeds of seed + 1.

    Keras takes seeds modulo 2^31 - 2, and the product of a large seed would not fit into 64 bits.
    """
    if network in _FIRST:
        return (2 * seed + _FIRST[network]) * 1_000 % _MODULUS
    return int.from_bytes(hashlib.sha256(f"{seed} {network}".encode()).digest()[:8], "big") % _MODULUS
