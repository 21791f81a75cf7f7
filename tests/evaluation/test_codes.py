"""What learned codes stand for, of codes and images made by hand."""

import itertools

import numpy as np
import pytest
import scipy.stats

from wirgan_tf.evaluation import code_correlation, code_purity, slant, thickness


def seen(classes, count=10):
    return 3.0 * np.eye(count)[classes]


def test_a_permuted_identity_is_pure():
    codes, permutation = np.arange(200) % 10, np.random.default_rng(0).permutation(10)
    assert code_purity(codes, seen(permutation[codes])) == (1.0, tuple(permutation))


def test_the_best_of_all_matchings_is_found():
    random = np.random.default_rng(1)
    codes, classes = random.integers(0, 4, (2, 100))
    best = max(np.mean(np.array(matching)[codes] == classes) for matching in itertools.permutations(range(4)))
    assert code_purity(codes, seen(classes, 4)).purity == pytest.approx(best)


def test_codes_that_share_a_class_and_codes_to_spare():
    # Both codes draw class 1: one of them has it, and 3 of 5 samples are that one's.
    assert code_purity([0, 0, 0, 1, 1], seen([1, 1, 1, 1, 1], 2)) == (0.6, (1, 0))
    assert code_purity([0, 1, 2, 2], seen([0, 1, 1, 1], 2)) == (0.75, (0, -1, 1))
    with pytest.raises(ValueError, match="labels range from 0 to 2"):
        code_purity([0, 2], seen([0, 1]), num_codes=2)


def sheared_bar(shear, height=9, width=33):
    """A bar three wide through the middle, shifted to the right by `shear` pixels for each pixel upwards."""
    image = np.full((height, width, 1), -1.0)
    for row in range(height):
        middle = width // 2 + shear * (height // 2 - row)
        image[row, middle - 1:middle + 2] = 1.0
    return image


def test_slant_of_a_sheared_bar_is_its_shear():
    bars = np.stack([sheared_bar(shear) for shear in (-3, -1, 0, 2)])
    assert slant(bars) == pytest.approx([-3, -1, 0, 2], abs=1e-12)
    assert thickness(bars) == pytest.approx([3 / 33] * 4)
    moved = np.roll(bars, 2, axis=1 + 1)
    assert slant(moved) == pytest.approx(slant(bars), abs=1e-12)  # where it stands does not matter


def test_slant_without_height():
    line = np.full((1, 5, 5, 1), -1.0)
    line[0, 2] = 1.0
    assert slant(np.concatenate([line, np.full_like(line, -1.0)])).tolist() == [0.0, 0.0]
    assert thickness(line) == pytest.approx([0.2])


def test_correlation_is_that_of_ranks():
    random = np.random.default_rng(2)
    codes, quantity = random.normal(size=(50, 3)), random.normal(size=50)
    codes[:, 0] = np.exp(-quantity)  # falls wherever it rises
    codes[:, 1] = np.round(codes[:, 1])  # has ties
    expected = [abs(scipy.stats.spearmanr(column, quantity).statistic) for column in codes.T]
    assert expected[0] == pytest.approx(1)
    assert code_correlation(codes, quantity) == pytest.approx(expected)
    assert code_correlation(codes, np.ones(50)).tolist() == [0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="50 codes and 49 quantities"):
        code_correlation(codes, quantity[1:])
