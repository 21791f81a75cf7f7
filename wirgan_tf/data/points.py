"""Points in the plane for the toy studies: 100,000 to train on, 10,000 to test on, the same ones in every run.

Noise and scales are those of WGAN-GP's toy code (Gulrajani et al. 2017, gan_toy.py).
"""

import dataclasses
from typing import ClassVar

import numpy as np
from sklearn.datasets import make_swiss_roll

from wirgan_tf.data.dataset import DataSet
from wirgan_tf.data.identity import Origin, identity_of, index_keys
from wirgan_tf.data.source import ArraySource

_SIZES = {"train": 100_000, "test": 10_000}
_SEEDS = {"train": 0, "test": 1}


@dataclasses.dataclass(frozen=True, eq=False)
class Gaussians:
    """Round Gaussians of equal weight: `centres` float32 [modes, 2], `sigma` the deviation of each coordinate."""

    centres: np.ndarray
    sigma: float


def _scaled(centres: list[tuple[float, float]], sigma: float, scale: float) -> Gaussians:
    return Gaussians(np.array(centres, np.float32) / np.float32(scale), sigma / scale)


_ANGLES = np.arange(8) * np.pi / 4
GAUSSIANS_8 = _scaled([(2 * np.cos(angle), 2 * np.sin(angle)) for angle in _ANGLES], sigma=0.02, scale=1.414)
GAUSSIANS_25 = _scaled([(2 * x, 2 * y) for x in range(-2, 3) for y in range(-2, 3)], sigma=0.05, scale=2.828)


class SwissRoll(DataSet):
    """First and third coordinate of scikit-learn's Swiss roll with noise 0.25, divided by 7.5; float32 [N, 2]."""

    def load(self, split: str) -> ArraySource:
        roll, _ = make_swiss_roll(_SIZES[split], noise=0.25, random_state=_SEEDS[split])
        points = (roll[:, [0, 2]] / 7.5).astype(np.float32)
        return ArraySource(self.name, points, origin=_origin(self.name, split))


class MixtureDataSet(DataSet):
    """A mixture of Gaussians; float32 [N, 2], the label is the mode's index in `centres`."""

    mixture: ClassVar[Gaussians]

    def load(self, split: str) -> ArraySource:
        centres = self.mixture.centres
        labels = np.arange(_SIZES[split]) % len(centres)
        # RandomState's stream, unlike default_rng's, stays the same in all versions of numpy.
        offsets = self.mixture.sigma * np.random.RandomState(_SEEDS[split]).standard_normal((_SIZES[split], 2))
        points = (centres[labels] + offsets).astype(np.float32)
        return ArraySource(self.name, points, labels, len(centres), origin=_origin(self.name, split))


class Gaussians8(MixtureDataSet):
    """`GAUSSIANS_8`, on a circle."""

    mixture = GAUSSIANS_8


class Gaussians25(MixtureDataSet):
    """`GAUSSIANS_25`, on a square grid."""

    mixture = GAUSSIANS_25


def _origin(name: str, split: str) -> Origin:
    """Not the points' bytes: sines differ in the last bit between processors."""
    return Origin(identity_of(name, split, _SIZES[split]), index_keys(_SIZES[split]))
