import math

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from wirgan_tf.noise import Purpose, latents, row_latents, stream_seed


def test_truncated_normal_is_scipys_truncated_normal():
    z = latents(tf.constant([3, 4]), [50_000], "truncated_normal").numpy()
    assert np.abs(z).max() <= 1.0
    expected = scipy.stats.truncnorm(-1, 1)
    assert z.std() == pytest.approx(expected.std(), rel=0.01)  # 0.5396
    assert scipy.stats.kstest(z, expected.cdf).pvalue > 0.01


@pytest.mark.parametrize(("distribution", "std"), [("normal", 1.0), ("uniform", 1 / math.sqrt(3))])
def test_other_distributions(distribution, std):
    z = latents(tf.constant([3, 4]), [50_000], distribution).numpy()
    assert z.mean() == pytest.approx(0.0, abs=0.02)
    assert z.std() == pytest.approx(std, rel=0.02)


def test_unknown_distribution_lists_the_choices():
    with pytest.raises(ValueError, match=r"gauss.*truncated_normal, normal, uniform"):
        latents(tf.constant([0, 0]), [1], "gauss")


def test_streams_differ_in_each_of_their_parts_and_repeat():
    parts = [(0, 1, 2, Purpose.CRITIC_LATENT), (1, 1, 2, Purpose.CRITIC_LATENT), (0, 2, 2, Purpose.CRITIC_LATENT),
             (0, 1, 3, Purpose.CRITIC_LATENT), (0, 1, 2, Purpose.INTERPOLATION), (2**40, 1, 2, Purpose.CRITIC_LATENT)]
    seeds = {tuple(stream_seed(*part).numpy()) for part in parts}
    assert len(seeds) == len(parts)
    assert tuple(stream_seed(*parts[0]).numpy()) in seeds


def test_rows_depend_on_their_own_seed_alone():
    together = row_latents(tf.constant([5, 9, 2**33]), 3, 4, "truncated_normal").numpy()
    alone = row_latents(tf.constant([9]), 3, 4, "truncated_normal").numpy()
    assert together.shape == (3, 3, 4)
    np.testing.assert_array_equal(together[:, 1:2], alone)
    assert len(np.unique(together)) == together.size


@pytest.mark.parametrize("distribution", ["truncated_normal", "normal", "uniform"])
def test_generators_of_one_and_three_steps_share_the_first_steps_noise(distribution):
    """In a battle (GAM) both generators are fed the same noise, as far as both have steps."""
    seeds = tf.constant([3, 4])
    short, long = (row_latents(seeds, steps, 128, distribution).numpy() for steps in (1, 3))
    np.testing.assert_array_equal(short, long[:1])
