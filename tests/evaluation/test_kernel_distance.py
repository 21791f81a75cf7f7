import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.evaluation import kernel_distance, kernel_distance_and_std, tfgan


def features(seed, count=120, shift=0.0):
    return np.random.default_rng(seed).normal(size=(count, 16)) + shift


def by_definition(real, fake):
    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    def mean_of_pairs(a):
        count = len(a)
        return (kernel(a, a).sum() - np.trace(kernel(a, a))) / (count * (count - 1))

    return mean_of_pairs(real) + mean_of_pairs(fake) - 2 * kernel(real, fake).mean()


def test_by_hand():
    # k(x, y) = (x y + 1)^3 for d = 1: k(0, 1) = 1, k(1, 2) = 27, and across k(0, 1), k(0, 2), k(1, 1), k(1, 2).
    assert kernel_distance([[0], [1]], [[1], [2]]) == pytest.approx(1 + 27 - 2 * (1 + 1 + 8 + 27) / 4)


def test_one_block_is_the_definition_and_has_no_std():
    real, fake = features(0), features(1, 100, 0.5)
    value, std = kernel_distance_and_std(tf.constant(real), tf.constant(fake))
    assert value == pytest.approx(by_definition(real, fake), rel=1e-3)
    assert std is None


def test_blocks_give_a_standard_error():
    value, std = kernel_distance_and_std(features(0, 1000), features(1, 1000, 0.5), block_size=100)
    assert value == pytest.approx(by_definition(features(0, 1000), features(1, 1000, 0.5)), rel=0.2)
    assert 0 < std < value / 3


def test_blocks_one_at_a_time_are_tfgans_blocks():
    """TF-GAN deals 1,030 rows into blocks of 343, 343 and 344, in order; here they are in the order of the seed."""
    real, fake = features(0, 1030), features(1, 1030, 0.5)
    random = np.random.default_rng(7)
    together = [tf.constant(rows[random.permutation(1030)]) for rows in (real, fake)]
    value, std = tfgan.formulas().kernel_classifier_distance_and_std_from_activations(
        *together, max_block_size=400, dtype=tf.float64)
    assert kernel_distance_and_std(real, fake, block_size=400, seed=7) == pytest.approx((float(value), float(std)))


def test_sorted_rows_are_dealt_out_in_random_order():
    real, fake = features(0, 400), features(1, 400)
    ascending = [rows[np.argsort(rows[:, 0])] for rows in (real, fake[:, ::-1])]
    assert kernel_distance(*ascending, block_size=40) == pytest.approx(0, abs=0.05)


def test_same_distribution_is_about_0():
    assert kernel_distance(features(0, 500), features(1, 500)) == pytest.approx(0, abs=0.02)
    assert kernel_distance(features(0, 500), features(0, 500)) == pytest.approx(0, abs=0.05)


def test_repeats_exactly():
    real, fake = features(0, 300), features(1, 300)
    assert kernel_distance(real, fake, block_size=50) == kernel_distance(real, fake, block_size=50)
    assert kernel_distance(real, fake, block_size=50) != kernel_distance(real, fake, block_size=50, seed=1)


@pytest.mark.parametrize(("arguments", "message"), [
    ((features(0), features(1)[:, :3]), "real has 16, fake has 3"),
    ((features(0), features(1)[:1]), "fake has 1 rows"),
    ((features(0, 3000), features(1, 5)), "3000 real and 5 generated rows cannot be shared out among 3 blocks"),
])
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        kernel_distance(*arguments)


def test_block_size_too_small():
    with pytest.raises(ValueError, match="block_size=1"):
        kernel_distance(features(0), features(1), block_size=1)
