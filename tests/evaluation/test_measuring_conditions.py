"""Measures of samples that are asked for: what they are asked to be, and how that is told."""

import numpy as np
import pytest

from wirgan_tf import data
from wirgan_tf.data import ArraySource
from wirgan_tf.data.captioned import Captioned
from wirgan_tf.data.digits import Digits
from wirgan_tf.evaluation import Instruments, Protocol, evaluate, feature_network, thickness
from wirgan_tf.evaluation.features import Activations
from wirgan_tf.exporting import ExportedGenerator
from wirgan_tf.models.sampling import Sampler

PIXELS = feature_network("pixels")


@pytest.fixture(scope="module")
def digits():
    return data.load(Digits(), "test")


class Judge:
    """Stands for a classifier of digits: sees the class of the nearest training image."""

    name, hash, resize, dataset = "classifier:digits", "0", "none", "digits"

    def __init__(self):
        self.train = data.load(Digits(), "train")
        self.rows = self.train.images.reshape(self.train.size, -1)

    def __call__(self, images):
        rows = images.reshape(len(images), -1)
        nearest = ((self.rows**2).sum(1) - 2 * rows @ self.rows.T).argmin(axis=1)
        return Activations(np.eye(10, dtype=np.float32)[self.train.labels[nearest]], PIXELS(images)[1])


class Obedient:
    """Draws training images of the class that is `order` of the one asked for, and keeps what it was asked."""

    def __init__(self, source, order=lambda label: label):
        train = data.load(Digits(), "train")
        self.of_class = [train.images[train.labels == number] for number in range(10)]
        self.choose, self.order, self.asked = data.conditions_of(source, ["label"]), order, []

    def conditions(self, seeds):
        return self.choose(seeds)

    def images(self, seeds, conditions):
        self.asked += list(zip(seeds.tolist(), conditions["label"].tolist(), strict=True))
        images = [self.of_class[self.order(label)] for label in conditions["label"]]
        return np.stack([of[seed % len(of)] for seed, of in zip(seeds, images, strict=True)])

    def canvases(self, seeds, conditions):
        return np.stack([np.zeros((len(seeds), 8, 8, 1), np.float32), self.images(seeds, conditions)])


def measured(draw, digits, *measures, count=500, **settings):
    results = evaluate(draw, digits, Instruments(Judge()), Protocol(measures, count, **settings), cache=None)
    return {result.name: result for result in results}


def test_samples_as_asked_for(digits):
    draw = Obedient(digits)
    found = measured(draw, digits, "intra_fid", "condition_accuracy", "recall_per_class", seed=7)
    assert list(found) == ["intra_fid_10x50_digits_test_classifier", "condition_accuracy_500_digits_classifier",
                           "recall_per_class_10x33_digits_test_classifier"]
    distance, accuracy, recall = found.values()
    assert accuracy.value > 0.95
    assert recall.value > 0.4
    assert accuracy.conditions == "label of test examples"
    assert distance.conditions == recall.conditions == "each label equally often"
    assert (distance.num_samples, distance.per_class, distance.num_real) == (500, 50, digits.size)
    assert (recall.num_samples, recall.per_class, recall.num_real, recall.k) == (330, 33, 330, 3)
    assert "the rarest class has 33 real images" in distance.note
    for result in found.values():
        assert list(result.by_class) == [str(number) for number in range(10)]
    assert np.mean(list(distance.by_class.values())) == pytest.approx(distance.value)
    seeds = np.arange(7, 507)
    assert draw.asked == [*zip(seeds, draw.conditions(seeds)["label"], strict=True),
                          *zip(seeds, np.repeat(np.arange(10), 50), strict=True)]


def test_samples_of_other_classes_than_asked_for(digits):
    right, wrong = (measured(Obedient(digits, order), digits, "intra_fid", "condition_accuracy", "fid")
                    for order in (lambda label: label, lambda label: 9 - label))
    (distance, accuracy, overall), (within, *_) = wrong.values(), right.values()
    assert accuracy.value < 0.05
    assert distance.value > 3 * within.value
    assert overall.value < 0.5 * distance.value


def test_every_step_and_several_seeds(digits):
    found = measured(Obedient(digits), digits, "condition_accuracy", "intra_fid", count=60, num_seeds=2, per_step=True)
    assert list(found) == [f"{name}_t{step}" for step in (1, 2) for name in (
        "condition_accuracy_60_digits_classifier", "intra_fid_10x6_digits_test_classifier")]
    blank, drawn = (found[f"condition_accuracy_60_digits_classifier_t{step}"] for step in (1, 2))
    assert blank.value < 0.3 < 0.9 < drawn.value
    assert drawn.std is not None
    assert max(blank.by_class.values()) == 1  # all are of the one class that an even image is nearest to


def test_a_run_and_its_export(labelled):
    """The same samples; what else they are asked to be, here attributes, is that of examples of their class."""
    model, folder, dataset = labelled
    test = dataset.load("test")
    choose = data.conditions_of(test, model.conditions)
    run, export = (evaluate(draw, test, Instruments(PIXELS), Protocol(("intra_fid",), 200), cache=None)[0]
                   for draw in (Sampler(model, choose), ExportedGenerator(folder, choose)))
    assert export.value == pytest.approx(run.value, rel=1e-4)
    assert run.conditions == "each label equally often"
    asked = []

    class Asked(Sampler):
        def images(self, seeds, conditions):
            asked.append(conditions)
            return super().images(seeds, conditions)

    evaluate(Asked(model, choose), test, Instruments(PIXELS), Protocol(("intra_fid",), 200), cache=None)
    for number in range(10):
        known = {tuple(row) for row in test.attributes[test.labels == number]}
        assert {tuple(row) for row in asked[0]["attributes"][asked[0]["label"] == number]} <= known
    assert len({tuple(row) for row in asked[0]["attributes"]}) > 1


@pytest.fixture(scope="module")
def captioned():
    """Digits with the texts "0 light", "1 dark", ..., as one-hot vectors: ten digits in two tones."""
    light = data.load(Digits(), "test")
    images = np.concatenate([light.images, light.images * 0.5 - 0.5])
    labels = np.concatenate([2 * light.labels, 2 * light.labels + 1])
    names = tuple(f"{digit} {tone}" for digit in range(10) for tone in ("light", "dark"))
    pictures = ArraySource("tones", images, labels, class_names=names, class_qualities=(
        ("digit", tuple("0123456789")), ("tone", ("light", "dark"))))
    return Captioned(pictures, np.eye(20, dtype=np.float32), labels, np.ones(len(labels), np.int64), names)


class Reader:
    """Draws an image of the digit that its text says, and always a light one."""

    def __init__(self, source):
        self.pictures, self.choose = source.pictures, data.conditions_of(source, ["embedding"])

    def conditions(self, seeds):
        return self.choose(seeds)

    def images(self, seeds, conditions):
        asked = conditions["embedding"].argmax(axis=1) // 2 * 2
        return np.stack([self.pictures.images[np.flatnonzero(self.pictures.labels == label)[0]] for label in asked])


class ToneJudge:
    """A classifier that knows the images of a source by heart."""

    name, hash, resize, dataset = "classifier:tones", "0", "none", "tones"

    def __init__(self, source):
        self.known = {image.tobytes(): label for image, label in
                      zip(source.pictures.images, source.pictures.labels, strict=True)}

    def __call__(self, images):
        labels = [self.known[image.astype(np.float32).tobytes()] for image in images]
        return Activations(np.eye(20, dtype=np.float32)[labels], PIXELS(images)[1])


def test_texts_and_the_qualities_that_they_ask_for(captioned):
    draw, protocol = Reader(captioned), Protocol(("text_accuracy",), 200)
    whole, digit, tone = evaluate(draw, captioned, Instruments(ToneJudge(captioned)), protocol, cache=None)
    assert [result.measure for result in (whole, digit, tone)] == [
        "text_accuracy", "text_accuracy_digit", "text_accuracy_tone"]
    light = 1 - draw.conditions(np.arange(200))["embedding"].argmax(axis=1) % 2
    assert digit.value == 1.0
    assert whole.value == tone.value == pytest.approx(light.mean())
    assert whole.by_class["3 light"] == 1.0
    assert whole.by_class["3 dark"] == 0.0


@pytest.mark.parametrize(("reads", "ranked"), [(True, 1.0), (False, 0.0)])
def test_whether_a_critic_reads_the_text_of_real_images(captioned, reads, ranked):
    judge = ToneJudge(captioned)

    def critic(images, conditions):
        seen = judge(images).logits.argmax(axis=1)
        return np.where(seen == conditions["embedding"].argmax(axis=1), 2.0, 0.5) if reads else np.ones(len(images))

    margin, share = evaluate(Reader(captioned), captioned, Instruments(PIXELS, critic=critic),
                             Protocol(("mismatch",), 150), cache=None)
    assert (margin.measure, margin.value) == ("mismatch_margin", 1.5 * ranked)
    assert (share.measure, share.value) == ("mismatch_ranked", ranked)
    assert (share.num_samples, share.num_real, share.features) == (150, 150, "critic")
    with pytest.raises(ValueError, match="wasserstein and mismatch need the critic of a run"):
        evaluate(Reader(captioned), captioned, Instruments(PIXELS), Protocol(("mismatch",), 9), cache=None)


class Coded(Obedient):
    """Draws the digit 9 - category, with the ink that its first code says."""

    def conditions(self, seeds):
        codes = np.stack([np.random.default_rng(seed).uniform(-1, 1, 2) for seed in seeds]).astype(np.float32)
        return {"category": seeds % 10, "codes": codes}

    def images(self, seeds, conditions):
        images = np.stack([self.of_class[9 - category][0] for category in conditions["category"]])
        paler = (0.9 + 0.1 * conditions["codes"][:, 0]).reshape(-1, 1, 1, 1)
        return (images + 1) * paler - 1


class Changing(Coded):
    """Matches codes with other classes from the seed 200 on."""

    def images(self, seeds, conditions):
        return super().images(seeds, {**conditions, "category": (conditions["category"] + (seeds >= 200)) % 10})


def test_what_is_noted_of_one_set_of_samples_alone_says_so(digits):
    purity, = measured(Changing(digits), digits, "code_purity", count=200, num_seeds=2).values()
    assert purity.value == 1
    assert purity.note.startswith("of the first set: classes of the codes: 0: 9, 1: 8,")


def test_codes(digits):
    found = measured(Coded(digits), digits, "code_purity", "code_correlation", count=200)
    purity, *correlations = found.values()
    assert purity.value == 1
    assert purity.note == "classes of the codes: " + ", ".join(f"{code}: {9 - code}" for code in range(10))
    assert purity.conditions == "category, codes drawn by the model"
    assert list(found) == ["code_purity_200_digits_classifier", *(
        f"code_correlation_{number}_{quantity}_200_digits_image" for quantity in ("slant", "thickness")
        for number in (0, 1))]
    thick = [result.value for result in correlations[2:]]
    assert thick[0] > 0.4 > 0.2 > thick[1]
    draw, seeds = Coded(digits), np.arange(200)
    conditions = draw.conditions(seeds)
    ink = thickness(draw.images(seeds, conditions))
    assert np.corrcoef(conditions["codes"][:, 0], ink)[0, 1] > 0.4


@pytest.mark.parametrize(("measure", "count", "message"), [
    ("recall_per_class", 39, r"39 samples are 3 of each of 10 classes; recall_per_class needs at least 4: "
                             r"take 40 samples or more"),
    ("code_purity", 100, "code_purity needs a model whose samples are asked for by category, and this one's are by "
                         "label; leave it out"),
])
def test_what_cannot_be_measured_is_refused_before_any_sample(measure, count, message, digits):
    draw = Obedient(digits)
    with pytest.raises(ValueError, match=message):
        measured(draw, digits, "fid", measure, count=count)
    assert draw.asked == []


def test_a_class_with_too_few_real_images(digits):
    kept = np.flatnonzero(np.cumsum(digits.labels == 4) * (digits.labels == 4) <= 3)  # all but the fours after three
    few = ArraySource("digits", digits.images[kept], digits.labels[kept], 10)
    draw = Obedient(few)
    with pytest.raises(ValueError, match="the test split of 'digits' has 3 images of class 4; this measure needs at "
                                         "least 4 of each class"):
        measured(draw, few, "recall_per_class")
    assert draw.asked == []
    unlabelled = ArraySource("digits", digits.images)
    with pytest.raises(ValueError, match="recall_per_class needs real images with labels, and 'digits' has none"):
        measured(draw, unlabelled, "recall_per_class")


def test_a_classifier_is_needed_to_see_classes(digits):
    with pytest.raises(ValueError, match="need a classifier of 'digits', and the feature network is pixels; train it"):
        evaluate(Obedient(digits), digits, Instruments(PIXELS), Protocol(("condition_accuracy",), 10), cache=None)
