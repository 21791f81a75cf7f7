import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.evaluation import Battle, Verdicts, gam, pairs, round_robin, thresholds


def scores(num_real, count=100):
    """`count` scores of which `num_real` say "real" to a critic whose threshold is 0."""
    return np.where(np.arange(count) < num_real, 1.0, -1.0)


def battle(real_a, real_b, fooled_a, fooled_b, **options):
    """a and b call that many of 100 test images real, and of 100 samples of the other."""
    a, b = Verdicts(scores(real_a), scores(fooled_a), 0.0), Verdicts(scores(real_b), scores(fooled_b), 0.0)
    return gam(a, b, **options)


def test_by_hand():
    """a errs on 20 test images, fooled by 10 samples; b errs on 20, fooled by 40: (17) 20 / 20, (18) 10 / 40."""
    found = battle(80, 80, 10, 40)
    assert (found.r_test, found.r_sample, found.winner, found.smoothed) == (1.0, 0.25, "a", False)
    assert (found.test_errors, found.sample_errors) == ((20, 20), (10, 40))
    assert battle(80, 80, 40, 10).winner == "b"
    assert battle(80, 80, 10, 10).winner == ""


@pytest.mark.parametrize(("real_a", "real_b", "winner"), [
    (83, 80, ""),  # 17 / 20 = 0.85, the bound itself
    (82, 80, "a"),  # 0.9
    (79, 80, "a"),  # 1.05
    (78, 80, ""),  # 1.1
    (50, 80, ""),
])
def test_no_verdict_when_one_critic_is_better_on_test_images(real_a, real_b, winner):
    assert battle(real_a, real_b, 10, 40).winner == winner


def test_a_count_of_zero_is_smoothed_and_told():
    found = battle(80, 80, 0, 40)
    assert found.r_sample == pytest.approx(0.5 / 40.5)
    assert found.r_test == 1.0
    assert found.smoothed
    assert battle(100, 100, 10, 40).r_test == 1.0


def test_a_score_at_the_threshold_is_not_real():
    at_bound = Verdicts(np.zeros(10), np.zeros(10), 0.0)
    assert gam(at_bound, at_bound).test_errors == (10, 10)
    assert gam(at_bound, at_bound).sample_errors == (0, 0)


def test_bootstrap_interval():
    """Of 1,000 pairs, independent with shares 0.2 and 0.4: log r has variance 0.8 / 200 + 0.6 / 400 = 0.0055."""
    random = np.random.default_rng(0)
    a, b = (np.where(random.permutation(1000) < fooled, 1.0, -1.0) for fooled in (200, 400))
    found = gam(Verdicts(scores(800, 1000), a, 0.0), Verdicts(scores(800, 1000), b, 0.0))
    half = 1.96 * 0.0055**0.5
    assert np.log(found.interval) == pytest.approx(np.log(0.5) + np.array([-half, half]), abs=0.03)
    again = gam(Verdicts(scores(800, 1000), a, 0.0), Verdicts(scores(800, 1000), b, 0.0))
    assert again == found


def test_samples_of_one_noise_stay_together():
    """Critics fooled by the same samples have the ratio 1 in every resample."""
    assert battle(80, 80, 30, 30).interval == (1.0, 1.0)


def test_tensors():
    found = gam(*[Verdicts(tf.constant(scores(80)), tf.constant(scores(10)), 0.0)] * 2)
    assert type(found.r_test) is float


def test_thresholds_by_hand():
    """Means 4 and -2; the middle one of 1, 3, 8 is 3."""
    assert thresholds(np.array([3.0, 1.0, 8.0]), tf.constant([-1.0, -3.0])) == {
        "midpoint": 1.0, "zero": 0.0, "median": 3.0}


def test_both_forms_by_hand():
    """286 and 214 errors of 1,000: 286 / 214 = 1.336 as errors, 714 / 786 = 0.908 as accuracies."""
    a = Verdicts(scores(714, 1000), scores(100, 1000), 0.0)
    b = Verdicts(scores(786, 1000), scores(400, 1000), 0.0)
    found = gam(a, b)
    assert (found.r_test, found.r_test_of_accuracies) == (pytest.approx(286 / 214), pytest.approx(714 / 786))
    assert (found.r_sample, found.r_sample_of_accuracies) == (0.25, pytest.approx(900 / 600))
    assert (found.winner, found.winner_of_accuracies) == ("", "a")
    assert gam(b, a).winner_of_accuracies == ""  # 786 / 714 = 1.1008
    near = battle(80, 78, 40, 10)
    assert (near.r_test_of_accuracies, near.winner, near.winner_of_accuracies) == (pytest.approx(80 / 78), "b", "b")


def test_an_accuracy_of_zero_is_smoothed_and_told():
    found = battle(80, 80, 100, 40)
    assert found.r_sample_of_accuracies == pytest.approx(0.5 / 60.5)
    assert found.smoothed


def test_round_robin_by_hand():
    """a beats b by 0.5 and c by 0.5; b against c is undecided with 0.25, which favours b."""
    outcomes = {("a", "b"): ("a", 0.5), ("a", "c"): ("a", 0.5), ("b", "c"): ("", 0.25)}
    battles = {pair: Battle(1.0, r_sample, (0, 1), winner, (1, 1), (1, 1), False, 1.0, 1.0, "")
               for pair, (winner, r_sample) in outcomes.items()}
    places = round_robin(["c", "b", "a"], battles)
    assert [(place.name, place.wins, place.losses, place.undecided) for place in places] == [
        ("a", 2, 0, 0), ("b", 0, 1, 1), ("c", 0, 1, 1)]
    # b: 1 / 0.25 against c and 0.5 against a, so sqrt(2); c: 0.25 and 0.5.
    assert [place.advantage for place in places] == pytest.approx([2.0, 2**0.5, 0.125**0.5])


@pytest.mark.parametrize(("names", "message"), [(["a"], "two different models or more; a given"),
                                                (["a", "a"], "two different"), ([], "none given")])
def test_a_battle_needs_two(names, message):
    with pytest.raises(ValueError, match=message):
        pairs(names)


def test_bad_scores():
    good = Verdicts(scores(80), scores(10), 0.0)
    for bad, message in ((good._replace(test=np.zeros((100, 1))), r"\[100, 1\]; expected scores \[n\]"),
                         (good._replace(rival=scores(10, 50)), "100 and 50 samples"),
                         (good._replace(test=scores(10, 50)), "100 and 50 test images"),
                         (good._replace(rival=np.full(100, np.nan)), "NaN")):
        with pytest.raises(ValueError, match=message):
            gam(good, bad)
