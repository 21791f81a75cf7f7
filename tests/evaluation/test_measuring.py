import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.data import ArraySource
from wirgan_tf.data.digits import Digits
from wirgan_tf.evaluation import Instruments, Protocol, evaluate, evaluate_samples, feature_network
from wirgan_tf.evaluation.classifier import Classifier, build_network

PIXELS = feature_network("pixels")


@pytest.fixture(scope="module")
def held_out_digits():
    return data.load(Digits(), "test")


@pytest.fixture(scope="module")
def train_digits():
    return data.load(Digits(), "train")


class Drawn:
    """A generator that is a function of seeds int64 [N]: its canvases [T, N, H, W, C]."""

    def __init__(self, of_seeds):
        self.of_seeds = of_seeds

    def conditions(self, seeds):
        return {}

    def canvases(self, seeds, conditions):
        return self.of_seeds(seeds)

    def images(self, seeds, conditions):
        return self.canvases(seeds, conditions)[-1]


def by_measure(results):
    return {result.measure: result for result in results}


def test_protocol_is_in_every_result(train_digits, held_out_digits, tmp_path):
    measures = ("fid", "kid", "is", "precision_recall", "density_coverage")
    results = by_measure(evaluate(Drawn(lambda seeds: train_digits.images[seeds][None]), held_out_digits,
                                  Instruments(PIXELS), Protocol(measures, 500, seed=7), iteration=250, cache=tmp_path))
    assert list(results) == ["fid", "kid", "precision", "recall", "density", "coverage"]
    fid = results["fid"]
    assert fid.name == "fid_500_digits_test_pixels"
    assert (fid.num_samples, fid.num_real, fid.seed, fid.iteration) == (500, 360, 7, 250)
    assert (fid.features_hash, fid.resize, fid.note) == (PIXELS.hash, "area 8x8", "")
    assert (results["precision"].num_samples, results["precision"].num_real, results["precision"].k) == (360, 360, 3)
    assert (results["coverage"].k, results["kid"].block_size, results["kid"].std) == (5, 1024, None)


def test_better_samples_measure_better(train_digits, held_out_digits, tmp_path):
    random = np.random.default_rng(0)
    real = train_digits.images[:360]
    grades = {
        "real": real,
        "noisy": np.clip(real + random.normal(0, 0.5, real.shape), -1, 1),
        "one digit": np.repeat(real[:1], 360, axis=0) + random.uniform(-1e-3, 0, real.shape),
        "noise": random.uniform(-1, 1, real.shape),
    }
    found = {grade: by_measure(evaluate_samples(images, held_out_digits, PIXELS, split="test", cache=tmp_path))
             for grade, images in grades.items()}
    for measure in ("fid", "kid"):
        values = {grade: results[measure].value for grade, results in found.items()}
        assert values["real"] < values["noisy"] < min(values["one digit"], values["noise"])
    assert found["real"]["precision"].value > 0.6
    assert found["real"]["recall"].value > 0.6
    assert found["one digit"]["recall"].value < 0.05
    assert found["noise"]["precision"].value == 0


@pytest.mark.filterwarnings("ignore:Frechet distance is rank deficient")
def test_networks_with_logits_add_the_inception_score(train_digits, held_out_digits, tmp_path):
    network = Classifier("digits", build_network((8, 8, 1), 10, seed=0), 0.1, 0)
    images = tf.constant(train_digits.images[:100])
    results = by_measure(evaluate_samples(images, held_out_digits, network, split="test", cache=tmp_path))
    assert 1 <= results["is"].value <= 10
    assert results["is"].name == "is_100_digits_classifier"
    assert (results["is"].splits, results["is"].num_real) == (10, 0)
    assert results["fid"].note == "rank deficient: 100 samples for 128 features"


@pytest.mark.parametrize(("images", "message"), [
    (np.zeros((10, 28, 28, 1)), r"images have shape \[28, 28, 1\]; expected \[8, 8, 1\]"),
    (np.full((10, 8, 8, 1), np.nan), "NaN"),
    (np.full((10, 8, 8, 1), 2.0), "range from 2 to 2"),
    (np.full((10, 8, 8, 1), 255, np.uint8), "images are of type uint8; expected floating-point values in"),
    (np.ones((10, 8, 8, 1), np.uint8), "images are of type uint8"),
    (np.ones((10, 8, 8, 1), bool), "images are of type bool"),
    (np.ones((10, 8, 8, 1), np.int64), "images are of type int64"),
    (np.zeros((3, 8, 8, 1)), "^the measure precision_recall needs at least 4 samples, and there are 3: "),
])
@pytest.mark.filterwarnings("ignore:Frechet distance is rank deficient")
def test_bad_images(images, message, held_out_digits):
    with pytest.raises(ValueError, match=message):
        evaluate_samples(images, held_out_digits, PIXELS, split="test", cache=None)


@pytest.mark.filterwarnings("ignore:Frechet distance is rank deficient")
def test_a_note_on_images_in_0_and_1(train_digits, held_out_digits):
    images = train_digits.images[:50]
    for scaled, noted in ((images, False), ((images + 1) / 2, True), (tf.cast((images + 1) / 2, tf.bfloat16), True)):
        results = evaluate_samples(scaled, held_out_digits, PIXELS, split="test", cache=None)
        assert len(results) > 2
        for result in results:
            assert result.note.endswith("are the images in [0, 1] rather than in [-1, 1]?") is noted
    assert by_measure(results)["fid"].note.startswith("rank deficient: 50 samples for 64 features; no value is below 0")


def test_bad_requests(held_out_digits):
    images = np.zeros((10, 8, 8, 1), np.float32)
    points = ArraySource("swiss_roll", np.zeros((10, 2), np.float32))
    with pytest.raises(ValueError, match=r"'swiss_roll' has examples of shape \[2\]"):
        evaluate_samples(images, points, PIXELS, split="test")
    with pytest.raises(ValueError, match="unknown measure 'fib'; did you mean 'fid'"):
        evaluate_samples(images, held_out_digits, PIXELS, split="test", measures=("fib",))
    network = Classifier("mnist", build_network((8, 8, 1), 10, seed=0), 0.1, 0)
    with pytest.raises(ValueError, match="classifier:mnist knows nothing of 'digits'; use classifier:digits"):
        evaluate_samples(images, held_out_digits, network, split="test")


def test_a_classifier_of_another_folder_is_refused(held_out_digits):
    """All folders of images have one name."""
    network = Classifier("digits", build_network((8, 8, 1), 2, seed=0), 0.5, 0, classes=("cat", "dog"))
    with pytest.raises(ValueError, match=r"classifier:digits knows the classes cat, dog, and these images of 'digits' "
                                         r"have 0, 1, .*, 9; train it again with "):
        evaluate_samples(np.zeros((10, 8, 8, 1), np.float32), held_out_digits, network, split="test")


def noise(seeds):
    """An image in [-1, 1] that is a function of its seed."""
    return np.stack([np.random.default_rng(seed).uniform(-1, 1, (8, 8, 1)) for seed in seeds]).astype(np.float32)


def classifier(seed):
    return Classifier("digits", build_network((8, 8, 1), 10, seed=seed), 0.1, seed)


def test_several_seeds_give_their_mean_and_standard_deviation(held_out_digits, tmp_path):
    def measured(seed, num_seeds):
        return evaluate(Drawn(lambda seeds: noise(seeds)[None]), held_out_digits, Instruments(PIXELS),
                        Protocol(("fid", "kid"), 100, seed=seed, num_seeds=num_seeds), cache=tmp_path)

    together = measured(20, 3)
    one_by_one = [measured(seed, 1) for seed in (20, 120, 220)]  # no sample is in two sets
    for place, result in enumerate(together):
        values = [results[place].value for results in one_by_one]
        assert result.value == pytest.approx(sum(values) / 3, rel=1e-12)
        assert result.std == pytest.approx(np.std(values) * (3 / 2) ** 0.5, rel=1e-9)
        assert (result.num_seeds, result.seed, result.num_samples) == (3, 20, 100)


def test_every_time_step_has_its_results(held_out_digits, tmp_path):
    def steps(seeds):
        return np.stack([noise(seeds), held_out_digits.images[seeds]])

    results = evaluate(Drawn(steps), held_out_digits, Instruments(PIXELS), Protocol(("fid",), 200, per_step=True),
                       cache=tmp_path)
    assert [result.name for result in results] == ["fid_200_digits_test_pixels_t1", "fid_200_digits_test_pixels_t2"]
    assert results[0].value > 5 * results[1].value


def test_classifiers_and_critic_are_asked(held_out_digits, tmp_path):
    pair, images = (classifier(0), classifier(1)), noise(range(150))
    looking = Instruments(PIXELS, pair, critic=lambda images, conditions: images.mean(axis=(1, 2, 3)))
    results = by_measure(evaluate(Drawn(lambda seeds: noise(seeds)[None]), held_out_digits, looking,
                                  Protocol(("classifier_error", "wasserstein"), 150), cache=tmp_path))
    first, second = (network(images)[0] for network in pair)
    top = tf.nn.softmax(first).numpy().max(axis=1)
    assert results["classifier_error_doubt"].value == pytest.approx(1 - top.mean(), rel=1e-5)
    assert results["classifier_error_disagreement"].value == np.mean(first.argmax(1) != second.argmax(1))
    assert results["classifier_error_doubt"].features_hash == f"{pair[0].hash}+{pair[1].hash}"
    assert results["classifier_error_doubt"].name == "classifier_error_doubt_150_digits_classifier"
    assert results["wasserstein"].name == "wasserstein_150_digits_test_critic"
    assert results["wasserstein"].num_real == 150
    everything = evaluate(Drawn(lambda seeds: noise(seeds)[None]), held_out_digits, looking,
                          Protocol(("wasserstein",), 360), cache=tmp_path)[0]
    expected = held_out_digits.images.mean() - noise(range(360)).mean()
    assert everything.value == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("measure", "message"), [("wasserstein", "need the critic of a run"),
                                                  ("classifier_error", "needs two classifiers")])
def test_an_instrument_that_is_not_there(measure, message, held_out_digits):
    with pytest.raises(ValueError, match=message):
        evaluate(Drawn(lambda seeds: noise(seeds)[None]), held_out_digits, Instruments(PIXELS),
                 Protocol((measure,), 10))


def test_second_classifier_of_other_data(held_out_digits):
    other = Classifier("mnist", build_network((8, 8, 1), 10, seed=1), 0.1, 1)
    with pytest.raises(ValueError, match="classifier:mnist knows nothing of 'digits'"):
        evaluate(Drawn(lambda seeds: noise(seeds)[None]), held_out_digits, Instruments(PIXELS, (classifier(0), other)),
                 Protocol(("classifier_error",), 10))


@pytest.mark.parametrize("numbers", [(0, 1), (10, 0)])
def test_a_protocol_needs_samples(numbers):
    with pytest.raises(ValueError, match="must be at least 1"):
        Protocol(("fid",), numbers[0], num_seeds=numbers[1])


def test_too_few_samples_for_a_measure_name_it_and_the_way_out(held_out_digits):
    """10 splits of 2 samples or more."""
    network = classifier(0)
    with pytest.raises(ValueError, match=r"^the measure is needs at least 20 samples, and there are 19: take more, or "
                                         r"leave is out of the measures$"):
        evaluate_samples(noise(range(19)), held_out_digits, network, split="test", measures=("is",), cache=None)
    assert len(evaluate_samples(noise(range(20)), held_out_digits, network, split="test", measures=("is",),
                                cache=None)) == 1
