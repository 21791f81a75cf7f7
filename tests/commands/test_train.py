"""Who measures a training run."""

import numpy as np
import pytest

from wirgan_tf.commands.train import Train, _instruments
from wirgan_tf.config import Config
from wirgan_tf.data import ArraySource
from wirgan_tf.data.unpaired import Unpaired


def blank(count):
    return ArraySource("blank", np.zeros([count, 8, 8, 1], np.uint8))


@pytest.mark.parametrize(("a", "b", "enough"), [(3, 50, False), (50, 3, False), (12, 50, True)])
def test_a_domain_of_few_images_is_not_measured_by(a, b, enough):
    """Images of a are translated once at most, and compared with as many of b as there are."""
    both = Unpaired("both", blank(a), blank(b))
    found = _instruments(Train(metrics="fid", features="pixels"), Config(), {"test": both}, {})
    assert (found["test"] is not None) == enough
