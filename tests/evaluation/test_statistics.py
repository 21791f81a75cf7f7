"""Statistics of parts, put together, are those of the whole."""

import functools

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

from wirgan_tf.evaluation import frechet_distance, inception_score, kernel_distance
from wirgan_tf.evaluation.features import Activations
from wirgan_tf.evaluation.frechet_distance import Moments
from wirgan_tf.evaluation.statistics import Statistics, measured

COUNT, CLASSES = 2100, 5


def activations(seed, count=COUNT, shift=0.0):
    random = np.random.default_rng(seed)
    return Activations(random.normal(size=(count, CLASSES)).astype(np.float32) * 3,
                       (random.normal(size=(count, 4)) + shift).astype(np.float32))


SEEN = activations(0, shift=0.3)
REAL = Statistics.of(activations(1, 1500), 0, 1500)
WHOLE = Statistics.of(SEEN, 0, COUNT, real_blocks=REAL.blocks())


def part(first, end, first_block=0):
    return Statistics.of(Activations(SEEN.logits[first:end], SEEN.features[first:end]), first, COUNT,
                         real_blocks=REAL.blocks(), first_block=first_block)


def assert_close(one, other):
    for mine, others in zip(one, other, strict=True):
        for value, another in zip(mine, others, strict=True):
            np.testing.assert_allclose(value, another, rtol=1e-9, atol=1e-9)


@hypothesis.settings(max_examples=25, deadline=None)
@hypothesis.given(strategies.sets(strategies.integers(1, COUNT - 1), max_size=5).map(sorted),
                  strategies.permutations(range(6)))
def test_any_parts_in_any_order_give_the_whole(cuts, order):
    parts = [Statistics.of(Activations(SEEN.logits[first:end], SEEN.features[first:end]), first, COUNT)
             for first, end in zip([0, *cuts], [*cuts, COUNT], strict=True)]
    shuffled = [parts[number] for number in order if number < len(parts)]
    assert_close(functools.reduce(Statistics.combine, shuffled)[:3], WHOLE[:3])


@hypothesis.settings(max_examples=25, deadline=None)
@hypothesis.given(strategies.lists(strategies.integers(1, 40), min_size=3, max_size=3),
                  strategies.floats(-1e3, 1e3), strategies.integers(0, 2**31))
def test_combining_moments_is_associative_and_commutative(sizes, shift, seed):
    random = np.random.default_rng(seed)
    rows = [random.normal(size=(size, 3)) + place * shift for place, size in enumerate(sizes)]
    a, b, c = (Moments.of(part) for part in rows)
    whole = Moments.of(np.concatenate(rows))
    for combined in (a.combine(b).combine(c), a.combine(b.combine(c)), c.combine(b).combine(a)):
        assert combined.count == whole.count
        np.testing.assert_allclose(combined.mean, whole.mean, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(combined.scatter, whole.scatter, rtol=1e-9, atol=1e-9 * (1 + shift**2))


def test_the_measures_of_parts_are_those_of_the_whole_set():
    parts = [part(0, 1050), part(1050, COUNT, first_block=2)]
    fid, score, kid = measured(("fid", "is", "kid"), parts[1].combine(parts[0]), REAL)
    real = activations(1, 1500)
    assert fid["value"] == pytest.approx(frechet_distance(real.features, SEEN.features), rel=1e-9)
    assert (score["value"], score["std"]) == pytest.approx(tuple(inception_score(SEEN.logits)), rel=1e-9)
    # Each half of the samples is cut in two blocks, which meet the two halves of the real images in turn.
    halves = np.array_split(real.features, 2)
    blocks = [SEEN.features[first:first + 525] for first in range(0, COUNT, 525)]
    values = [kernel_distance(halves[number % 2], block) for number, block in enumerate(blocks)]
    assert kid["value"] == pytest.approx(np.mean(values), rel=1e-9)
    # Estimates that share real rows are not independent: the error is that of the two halves' means.
    assert kid["std"] == pytest.approx(abs(values[0] + values[2] - values[1] - values[3]) / 4, rel=1e-9)


def test_the_kernel_distance_from_one_block_of_real_images_has_no_error():
    seen = activations(1, 500)
    parts = [Statistics.of(activations(0, 30), first=first, total=60, real_blocks=[seen.features],
                           first_block=first // 30) for first in (0, 30)]
    real = Statistics.of(seen, first=0, total=500)
    (kid,) = measured(("kid",), parts[0].combine(parts[1]), real)
    assert kid["std"] is None


@pytest.mark.parametrize(("total", "splits"), [(23, 10), (40, 10), (1003, 7)])
def test_splits_of_the_inception_score_need_not_be_even(total, splits):
    logits = activations(3, total).logits
    sums = [type(WHOLE.classes).of(logits[first:first + 9], first, total, splits) for first in range(0, total, 9)]
    score = functools.reduce(lambda one, other: one.combine(other), sums).score()
    assert tuple(score) == pytest.approx(tuple(inception_score(logits, splits)), rel=1e-9)


def test_saved_and_loaded(tmp_path):
    WHOLE.save(tmp_path / "all.npz", {"dataset": "digits"})
    loaded, about = Statistics.load(tmp_path / "all.npz")
    assert about == {"dataset": "digits"}
    assert_close(loaded, WHOLE)
    without = Statistics.of(Activations(None, SEEN.features), 0, COUNT)
    without.save(tmp_path / "some.npz", {})
    assert Statistics.load(tmp_path / "some.npz")[0][2:] == (None, None)
    assert [fields["measure"] for fields in measured(("fid", "is"), without, REAL)] == ["fid"]


def test_only_the_first_rows_are_kept():
    seen = activations(0, 300)
    statistics = Statistics.of(seen, 10_200, 20_000)
    np.testing.assert_array_equal(statistics.kept.numbers, np.arange(10_200, 10_240))
    np.testing.assert_array_equal(statistics.kept.values, seen.features[:40])
    assert len(Statistics.of(seen, 10_240, 20_000).kept.numbers) == 0


def test_errors(tmp_path):
    with pytest.raises(ValueError, match="precision_recall cannot be put together from parts of a set; fid, is, kid"):
        measured(("fid", "precision_recall"), WHOLE, REAL)
    with pytest.raises(ValueError, match="real has 3, fake has 4"):
        measured(("fid",), WHOLE, Statistics.of(Activations(None, np.zeros((9, 3))), 0, 9))
    with pytest.raises(ValueError, match="at least 2"):
        measured(("fid",), part(0, 2), Statistics.of(Activations(None, np.zeros((1, 4))), 0, 1))
    with pytest.raises(ValueError, match="a block of 1 generated row"):
        part(0, 1)
    with pytest.raises(ValueError, match="NaN or infinity in 1 of 2"):
        Statistics.of(Activations(None, np.array([[0.0], [np.nan]])), 0, 2)
    with pytest.raises(FileNotFoundError, match="--mode=bulk_statistics"):
        Statistics.load(tmp_path / "none.npz")
    (tmp_path / "other.npz").write_bytes(b"other")
    with pytest.raises(ValueError, match="is not a file of statistics"):
        Statistics.load(tmp_path / "other.npz")
