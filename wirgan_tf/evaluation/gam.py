"""Generative adversarial metric: two models whose critics judge each other's samples (Im et al. 2016).

Equations 17 to 19 and Table 1 of the GP-WIRGAN paper. Both papers print ratios of errors; GRAN's own code, battle.py,
computes ratios of accuracies. A battle has both forms.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

LOWEST_TEST_RATIO, HIGHEST_TEST_RATIO = 0.85, 1.1  # between them the critics are equally good on test images
RESAMPLES = 1000
THRESHOLDS = ("midpoint", "zero", "median")  # of critics whose objective gives them none, see `thresholds`
_INTERVAL = (2.5, 97.5)  # percentiles


class Verdicts(NamedTuple):
    """Scores of one model's critic; higher means more real.

    test: [n], of test images.
    rival: [m], of samples of the other model's generator.
    threshold: the score above which an image counts as real.
    """

    test: np.ndarray | tf.Tensor
    rival: np.ndarray | tf.Tensor
    threshold: float


class Battle(NamedTuple):
    """The outcome for models a and b, as ratios of errors and as ratios of accuracies, 1 - err.

    r_test: err(D_a(test)) / err(D_b(test))  (17)
    r_sample: err(D_a(G_b)) / err(D_b(G_a))  (18)
    interval: of `r_sample`, 95 %, by bootstrap.
    winner: "a" when r_sample < 1, "b" when r_sample > 1; "" when it is 1, or when r_test is not within (0.85, 1.1), so
      that the critics are not comparable  (19). The bounds are not each other's inverse: the battle of b and a may
      have a verdict where that of a and b has none.
    test_errors: test images that D_a and D_b took for generated ones.
    sample_errors: samples of G_b that D_a, and of G_a that D_b, took for real.
    smoothed: whether a count was 0, so that its ratio was computed from (count + 1/2) / (images + 1).
    r_test_of_accuracies: (1 - err(D_a(test))) / (1 - err(D_b(test))).
    r_sample_of_accuracies: (1 - err(D_a(G_b))) / (1 - err(D_b(G_a))); above 1 favours a.
    winner_of_accuracies: as `winner`, by the ratios of accuracies: r_test of accuracies must be within (0.85, 1.1).
    """

    r_test: float
    r_sample: float
    interval: tuple[float, float]
    winner: str
    test_errors: tuple[int, int]
    sample_errors: tuple[int, int]
    smoothed: bool
    r_test_of_accuracies: float
    r_sample_of_accuracies: float
    winner_of_accuracies: str


class Place(NamedTuple):
    """A model's place in a round robin. `advantage`: geometric mean of its rivals' r_sample against it."""

    name: str
    wins: int
    losses: int
    undecided: int
    advantage: float


def thresholds(training_scores: np.ndarray | tf.Tensor,
               own_sample_scores: np.ndarray | tf.Tensor) -> dict[str, float]:
    """Thresholds for a critic that has none of its own, such as WGAN's, whose scores have no zero point.

    * midpoint: half-way between its mean scores of its training images and of its own generator's samples, the diagonal
      of Table 1
    * zero: the threshold of code that takes the score for a logit
    * median: of its training images' scores, half of which then count as real

    Raises: `ValueError` for scores that are not finite, of another rank than 1, or none.

    >>> thresholds(np.array([1.0, 2.0, 6.0]), np.array([-1.0, -1.0]))
    {'midpoint': 1.0, 'zero': 0.0, 'median': 2.0}
    """
    training = _scores("training_scores", training_scores)
    own = _scores("own_sample_scores", own_sample_scores)
    return {"midpoint": float(training.mean() + own.mean()) / 2, "zero": 0.0, "median": float(np.median(training))}


def gam(critic_a: Verdicts, critic_b: Verdicts, *, resamples: int = RESAMPLES, seed: int = 0) -> Battle:
    """Who wins, a or b: the one whose critic is fooled less by the other's samples.

    Args:
      critic_a: verdicts of a's critic; its `rival` are b's samples.
      critic_b: verdicts of b's critic on the same test images; its `rival` are a's samples, from the same noise.
      resamples: bootstrap draws of the samples, in pairs from the same noise.
      seed: of the bootstrap.

    Raises: `ValueError` for scores that are not finite or not [n], or for different numbers of images.

    >>> strict = Verdicts(test=np.arange(10.0) - 1.5, rival=np.arange(10.0) - 7.5, threshold=0.0)  # 2 and 2 errors
    >>> loose = Verdicts(test=np.arange(10.0) - 1.5, rival=np.arange(10.0) - 5.5, threshold=0.0)  # 2 and 4 errors
    >>> gam(strict, loose).winner, gam(strict, loose).r_sample
    ('a', 0.5)
    """
    test = [_called_real("test", verdicts) for verdicts in (critic_a, critic_b)]
    fooled = [_called_real("rival", verdicts) for verdicts in (critic_a, critic_b)]
    for name, (mine, others) in (("test images", test), ("samples", fooled)):
        if len(mine) != len(others):
            raise ValueError(f"the critics judged {len(mine)} and {len(others)} {name}; they must judge equally many")
    test_errors = tuple(int((~real).sum()) for real in test)
    sample_errors = tuple(int(real.sum()) for real in fooled)
    r_test, r_sample = _ratio(test_errors), _ratio(sample_errors)
    rights = [[len(called) - count for called, count in zip(images, errors, strict=True)]
              for images, errors in ((test, test_errors), (fooled, sample_errors))]
    accurate_test, accurate_sample = (_ratio(counts) for counts in rights)
    return Battle(r_test, r_sample, _interval(*fooled, resamples, seed), _winner(r_test, r_sample), test_errors,
                  sample_errors, 0 in (*test_errors, *sample_errors, *rights[0], *rights[1]),
                  accurate_test, accurate_sample, _winner(accurate_test, 1 / accurate_sample))


def _winner(r_test: float, r_sample: float) -> str:
    """Equation 19: "a" below 1, "b" above; "" when the critics are not comparable on test images."""
    if not comparable(r_test) or r_sample == 1:
        return ""
    return "a" if r_sample < 1 else "b"


def comparable(r_test: float) -> bool:
    """Whether two critics with this ratio on test images are equally good there, which a verdict needs."""
    return LOWEST_TEST_RATIO < r_test < HIGHEST_TEST_RATIO


def round_robin(names: Sequence[str], battles: Mapping[tuple[str, str], Battle]) -> list[Place]:
    """Ranks models by battles won minus battles lost, then by the geometric mean of r_sample in their favour.

    Args:
      names: of the models.
      battles: for each pair (a, b) of `names`, in their order, the outcome of a against b.
    """
    places = []
    for name in names:
        won = {pair: "a" if pair[0] == name else "b" for pair in battles if name in pair}
        decided = [battles[pair].winner == side for pair, side in won.items() if battles[pair].winner]
        logs = [math.log(battles[pair].r_sample) * (-1 if side == "a" else 1) for pair, side in won.items()]
        places.append(Place(name, sum(decided), len(decided) - sum(decided), len(won) - len(decided),
                            math.exp(sum(logs) / max(len(logs), 1))))
    return sorted(places, key=lambda place: (place.losses - place.wins, -place.advantage))


def pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Every pair of `names`, once, in their order. Raises `ValueError` for fewer than two, or one given twice."""
    if len(names) < 2 or len(set(names)) != len(names):
        raise ValueError(f"a battle needs two different models or more; {', '.join(names) or 'none'} given")
    return list(itertools.combinations(names, 2))


def _called_real(kind: str, verdicts: Verdicts) -> np.ndarray:
    return _scores(kind, getattr(verdicts, kind)) > verdicts.threshold


def _scores(name: str, scores: np.ndarray | tf.Tensor) -> np.ndarray:
    scores = np.asarray(scores, np.float64)
    if scores.ndim != 1 or not len(scores):
        raise ValueError(f"{name} has shape {list(scores.shape)}; expected scores [n], one for each image")
    if not np.isfinite(scores).all():
        raise ValueError(f"{name} holds NaN or infinity; has the critic diverged?")
    return scores


def _ratio(errors: Sequence[int]) -> float:
    """Ratio of two shares k / n of equally many images n; both are (k + 1/2) / (n + 1) instead when one is 0."""
    first, second = (k + 0.5 for k in errors) if 0 in errors else errors
    return first / second


def _interval(fooled_a: np.ndarray, fooled_b: np.ndarray, resamples: int, seed: int) -> tuple[float, float]:
    """The interval of r_sample: samples of both generators from the same noise stay together in every resample."""
    random, count = np.random.default_rng(seed), len(fooled_a)
    ratios = []
    for _ in range(resamples):
        drawn = random.integers(0, count, count)
        ratios.append(_ratio((int(fooled_a[drawn].sum()), int(fooled_b[drawn].sum()))))
    low, high = np.percentile(ratios, _INTERVAL)
    return float(low), float(high)
