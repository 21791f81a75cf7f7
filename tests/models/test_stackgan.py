"""StackGAN: its terms by hand, its mismatches, and a first stage that the second one leaves as it is."""

import dataclasses
import math

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf.config import Config
from wirgan_tf.entries import Entry
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.networks.passes import INFERENCE, TRAINING
from wirgan_tf.networks.stackgan import enlarged, reduced, smoothly_enlarged
from wirgan_tf.noise import Noise

ROWS, WORDS = 4, 5
SPEC = {"image": Entry((16, 16, 3)), "label": Entry((), tf.int64, ("a", "b", "c")),
        "attributes": Entry((2,), names=("big", "far")), "embedding": Entry((WORDS,))}
SMALL = Config(model="stackgan", width=2, latent=3, augmentation_size=6, enlargement=2, batch_size=ROWS,
               initializer="glorot", critic_initializer="glorot", generator_average=0.0, critic_updates=1)
PAPER = SMALL.replace(generator_condition="joined", condition_in_critic="joined", augmentation_deviation=1.0,
                      divergence_weight=2.0 / 128.0, objective="gan", penalty="none", critic_normalization="batch")


def batch(seed=0):
    random = np.random.RandomState(seed)
    return {"image": tf.constant(random.uniform(-1, 1, [1, ROWS, 16, 16, 3]), tf.float32),
            "label": tf.constant([[0, 1, 2, 0]], tf.int64),
            "attributes": tf.constant([[[0, 1], [1, 1], [1, 0], [0, 0]]], tf.float32),
            "embedding": tf.constant(random.normal(size=[1, ROWS, WORDS]), tf.float32)}


@pytest.fixture(scope="module", params=[1, 2])
def stage(request):
    return build_model(PAPER.replace(stage=request.param), SPEC)


def test_both_moments_are_linear_in_the_condition(stage):
    """With a ReLU, as in a well-known copy, means are never negative and deviations never below 1."""
    network = next(network for name, network in stage.generators.networks.items() if "augmentation" in name)
    t = batch()["embedding"][0]
    for at_t, at_minus_t in zip(network(t), network(-t), strict=True):
        np.testing.assert_allclose(at_t, -at_minus_t, atol=1e-6)
        assert np.min(at_t) < 0 < np.max(at_t)


def test_the_losses_against_their_equations(stage):
    def softplus(scores):
        return np.mean(np.log1p(np.exp(scores)))

    real = {name: values[0] for name, values in batch().items()}
    noise = stage._stream(0).noise(0, stage.noise, ROWS)
    condition = {"embedding": real["embedding"]}
    fake = stage.draw(stage.trained_generators, noise, condition, TRAINING)
    scores = stage.critic_scores(real, fake, TRAINING)
    terms = stage.critic_terms(real, fake, scores, stage._stream(0))
    places = np.array([1, 2, 3, 1])  # the next row of another class
    wrong = stage.critic(tf.gather(real["image"], places), conditions=condition, run=TRAINING)
    found = scores["critic"]
    expected = softplus(-found.real.numpy()) + (softplus(found.fake.numpy()) + softplus(wrong.numpy())) / 2.0
    assert sum(float(term) for term in terms.values()) == pytest.approx(expected, rel=1e-5)
    terms = stage.generator_terms(real, fake, noise, scores, stage._stream(0))
    mean, log_deviation = fake["mean"].numpy(), fake["log_deviation"].numpy()
    divergences = np.sum(mean**2 + np.exp(2 * log_deviation) - 1 - 2 * log_deviation, axis=1) / 2
    expected = softplus(-found.fake.numpy()) + 2.0 / 128.0 * float(np.mean(divergences))
    assert sum(float(term) for term in terms.values()) == pytest.approx(expected, rel=1e-5)


def test_the_margins_of_mismatched_images_are_from_those_images():
    """A loss that sees images too, as ls_gan's margins do, sees the mismatched ones in their term."""
    two = build_model(PAPER.replace(objective="ls_gan", margin_weight=10.0), SPEC)
    real = {name: rows[0] for name, rows in batch().items()}
    fake = {"image": tf.zeros([ROWS, 16, 16, 3])}
    scores = two.critic_scores(real, fake, TRAINING)
    terms = two.critic_terms(real, fake, scores, two._stream(0))
    others = tf.gather(real["image"], [1, 2, 3, 1])
    wrong = two.critic(others, conditions={"embedding": real["embedding"]}, run=TRAINING).numpy()
    losses = np.log1p(np.exp(-scores["critic"].real.numpy()))
    margins = np.mean(np.abs(real["image"] - others), axis=(1, 2, 3))
    violations = np.maximum(margins + losses - np.log1p(np.exp(-wrong)), 0)
    assert float(terms["mismatched"]) == pytest.approx((np.mean(losses) + 10 * np.mean(violations)) / 2, rel=1e-5)


def test_a_second_stage_judges_no_image_of_the_first():
    """Its canvases are those of the first stage, enlarged, which is not trained any more."""
    recurrent = SMALL.replace(network="convolutional", time_steps=3, earlier_canvases=0.5)
    assert build_model(recurrent, SPEC).earlier_canvases is None
    assert build_model(recurrent.replace(stage=1), SPEC).earlier_canvases is not None
    with pytest.raises(ValueError, match="earlier_canvases has no effect: the second stage draws at once; train the"):
        recurrent.check_used(["earlier_canvases"])


def test_the_critic_is_as_smooth_for_mismatched_images():
    """R1 is of real images alone, which are in both of the critic's losses: their mean has it once (Mescheder 2018)."""
    two = build_model(SMALL.replace(penalty="r1"), SPEC)
    real = {name: rows[0] for name, rows in batch().items()}
    fake = {"image": tf.zeros([ROWS, 16, 16, 3])}
    terms = two.critic_terms(real, fake, two.critic_scores(real, fake, TRAINING), two._stream(0))
    assert set(terms) == {"objective", "penalty", "mismatched", "mismatched_penalty"}
    with tf.GradientTape() as tape:
        tape.watch(real["image"])
        scores = two.critic(real["image"], conditions={"embedding": real["embedding"]}, run=TRAINING)
    squares = tf.reduce_sum(tf.square(tape.gradient(scores, real["image"])), axis=[1, 2, 3])
    expected = 0.005 / 2.0 * float(tf.reduce_mean(squares))
    assert float(terms["penalty"] + terms["mismatched_penalty"]) == pytest.approx(expected, rel=1e-4)


def test_two_devices_have_the_term_of_mismatches_of_one(two_replicas):
    """Each device's images are of one class, and what describes no image of its own is one of the other's."""
    config = PAPER.replace(stage=1, stage_condition="label", critic_normalization="none")
    alone = build_model(config, SPEC)
    with two_replicas.scope():
        together = build_model(config, SPEC)

    def term(model, real):
        fake = {"image": tf.zeros_like(real["image"])}
        scores = model.critic_scores(real, fake, TRAINING)
        return model.critic_terms(real, fake, scores, model._stream(0))["mismatched"]

    real = {"image": batch()["image"][0], "label": tf.constant([0, 0, 1, 1], tf.int64)}
    halves = two_replicas.experimental_distribute_values_from_function(
        lambda context: {name: tf.split(rows, 2)[context.replica_id_in_sync_group] for name, rows in real.items()})
    terms = tf.function(lambda: two_replicas.run(term, args=(together, halves)), autograph=False)()
    assert np.mean(two_replicas.experimental_local_results(terms)) == pytest.approx(float(term(alone, real)), rel=1e-5)


def test_sigma_before_training():
    augmentation = build_model(SMALL.replace(stage=1, augmentation_deviation=0.25), SPEC).augmentation
    mean, log_deviation = augmentation(tf.zeros([1, WORDS]))
    np.testing.assert_array_equal(mean, np.zeros([1, 6]))
    np.testing.assert_allclose(log_deviation, np.full([1, 6], math.log(0.25)), rtol=1e-6)


def test_without_mismatches_or_augmentation_their_terms_are_gone():
    plain = build_model(PAPER.replace(stage=1, mismatched=False, conditioning_augmentation=False), SPEC)
    real = {name: rows[0] for name, rows in batch().items()}
    noise = plain._stream(0).noise(0, plain.noise, ROWS)
    fake = plain.draw(plain.trained_generators, noise, {"embedding": real["embedding"]})
    scores = plain.critic_scores(real, fake, TRAINING)
    assert set(plain.critic_terms(real, fake, scores, plain._stream(0))) == {"objective"}
    assert set(plain.generator_terms(real, fake, noise, scores, plain._stream(0))) == {"objective"}
    condition = {"embedding": batch()["embedding"][0]}
    drawn = [plain.draw(plain.trained_generators, {"z": tf.ones([1, ROWS, 3]), "augmentation": noise}, condition)
             for noise in (tf.zeros([ROWS, 6]), tf.ones([ROWS, 6]))]
    np.testing.assert_array_equal(drawn[0]["image"], drawn[1]["image"])


def test_the_critic_of_the_first_stage_judges_small_images():
    one = build_model(PAPER.replace(stage=1), SPEC)
    small = tf.random.stateless_normal([ROWS, 8, 8, 3], [0, 1])
    np.testing.assert_allclose(reduced(enlarged(small, 2), 2), small, atol=1e-6)
    condition = {"embedding": batch()["embedding"][0]}
    # Noise that has a mean of 0 in every square of two pixels a side.
    unseen = enlarged(small, 2) * np.tile([[1.0, -1.0]], [16, 8])[None, :, :, None].astype(np.float32)
    scores = [one.critic(enlarged(small, 2) + added, conditions=condition) for added in (0.0, unseen)]
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-5)


def test_the_first_stage_is_shown_beside_the_second_as_pillow_enlarges_it():
    small = np.random.RandomState(0).uniform(-0.5, 0.5, [3, 2, 6, 6, 3]).astype(np.float32)  # time steps, rows
    found = smoothly_enlarged(tf.constant(small), 2).numpy()
    assert found.shape == (3, 2, 12, 12, 3)
    channel = Image.fromarray(small[1, 0, :, :, 2]).resize((12, 12), Image.Resampling.BICUBIC)
    np.testing.assert_allclose(found[1, 0, 3:-3, 3:-3, 2], np.asarray(channel)[3:-3, 3:-3], atol=1e-2)  # Keys' a
    assert np.max(smoothly_enlarged(tf.constant(np.sign(small)), 4)) == 1.0


def test_training_the_second_stage_leaves_the_first_as_it_is():
    one, two = (build_model(SMALL.replace(stage=number), SPEC) for number in (1, 2))
    one.train_step(batch())  # its moving statistics are then others than at first
    for name, network in two.frozen_generators.items():
        for mine, theirs in zip(network.variables, one.trained_generators[name].variables, strict=True):
            mine.assign(theirs)
    before = [variable.numpy() for network in two.frozen_generators.values() for variable in network.variables]
    refiner = [variable.numpy() for variable in two.generators.trainable_variables]
    two.train_step(batch(seed=1))
    after = [variable.numpy() for network in two.frozen_generators.values() for variable in network.variables]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)
    assert all(np.any(old != new.numpy()) for old, new in
               zip(refiner, two.generators.trainable_variables, strict=True))
    # It draws as the first stage does by itself, at inference, and both stages are shown.
    seeds, condition = row_seeds(0, ROWS), {"embedding": batch()["embedding"][0].numpy()}
    canvases = Sampler(two).canvases(seeds, condition)
    assert canvases.shape == (2, ROWS, 16, 16, 3)
    small = reduced(tf.constant(Sampler(one).images(seeds, condition)), 2)
    np.testing.assert_allclose(canvases[0], smoothly_enlarged(small, 2), atol=1e-5)
    assert np.abs(canvases[1] - canvases[0]).max() > 1e-3
    drawn = two.draw(two.trained_generators, two._stream(0).noise(0, two.noise, ROWS), condition, TRAINING)
    again = two.draw(two.trained_generators, two._stream(0).noise(0, two.noise, ROWS), condition, INFERENCE)
    np.testing.assert_array_equal(drawn["canvases"][0], again["canvases"][0])


def test_a_first_stage_asked_by_its_normalisation_and_critics_that_project():
    """Scale and offset depend on c alone, and the score is linear in t (Miyato and Koyama 2018, equation 5)."""
    one, two = (build_model(SMALL.replace(stage=number), SPEC) for number in (1, 2))
    assert one.noise == {"z": Noise((1, 3), "normal"), "augmentation": Noise((6,), "normal")}
    assert set(two.noise) == {"z", "augmentation", "refiner_augmentation"}
    t, images = batch()["embedding"][0], batch()["image"][0]
    noise = one._stream(0).noise(0, one.noise, ROWS)

    def drawn(model, condition, run=INFERENCE):
        return model.draw(model.trained_generators, noise, {"embedding": condition}, run)["image"].numpy()

    np.testing.assert_allclose(drawn(one, t), drawn(one, -t), atol=1e-6)  # tables of scales and offsets begin with 0
    one.generator.decoder.norm.to_beta.table.assign(tf.ones_like(one.generator.decoder.norm.to_beta.table))
    assert np.abs(drawn(one, t) - drawn(one, -t)).max() > 1e-3
    for model in (one, two):
        at = [model.critic(images, conditions={"embedding": scale * t}).numpy() for scale in (0.0, 1.0, 2.0)]
        np.testing.assert_allclose(at[2] - at[1], at[1] - at[0], atol=1e-5)
        assert np.abs(at[1] - at[0]).max() > 1e-3
        assert all(np.isfinite(float(value)) for value in model.train_step(batch()).values())


@pytest.mark.parametrize("condition", ["label", "attributes"])
def test_other_conditions(condition):
    two = build_model(SMALL.replace(stage_condition=condition), SPEC)
    real = {name: rows[0] for name, rows in batch().items()}
    noise = two._stream(0).noise(0, two.noise, ROWS)
    asked, others = ({condition: rows} for rows in (real[condition], real[condition][::-1]))
    drawn, other = (two.draw(two.trained_generators, noise, condition) for condition in (asked, others))
    assert np.abs(drawn["image"] - other["image"]).max() > 1e-4
    scores = two.critic_scores(real, drawn, TRAINING)
    assert "mismatched" in two.critic_terms(real, drawn, scores, two._stream(0))
    assert "divergence" in two.generator_terms(real, drawn, noise, scores, two._stream(0))
    assert np.abs(scores["critic"].real - two.critic(real["image"], conditions=others, run=TRAINING)).max() > 1e-4


def test_without_a_condition_the_second_stage_refines():
    two = build_model(SMALL.replace(stage_condition="none"), SPEC)
    logs = two.train_step(batch())
    assert all(np.isfinite(float(value)) for value in logs.values())
    assert {"critic/mismatched", "generator/divergence"} & set(logs) == set()
    assert two.conditions == {}
    assert set(two.noise) == {"z"}


def test_a_recurrent_first_stage():
    config = SMALL.replace(network="convolutional", time_steps=3, objective="wgan", penalty="gp",
                           critic_normalization="none")
    for number, canvases in ((1, 3), (2, 4)):
        model = build_model(config.replace(stage=number), SPEC)
        logs = model.train_step(batch())
        assert all(np.isfinite(float(value)) for value in logs.values())
        drawn = Sampler(model).canvases(row_seeds(0, 2), {"embedding": batch()["embedding"][0, :2].numpy()})
        assert drawn.shape == (canvases, 2, 16, 16, 3)


@pytest.mark.parametrize(("settings", "shape", "message"), [
    ({"enlargement": 3}, (24, 24, 3), "enlargement=3: must be a power of 2"),
    ({"enlargement": 1}, (16, 16, 3), "enlargement=1 leaves nothing to refine"),
    ({"network": "mlp"}, (16, 16, 3), "family=stackgan needs a network with a critic that may be normalised"),
    ({"enlargement": 1, "stage": 1}, (28, 28, 1), "the data has shape .28, 28, 1.*this network draws images of 8x8"),
    ({"enlargement": 2}, (8, 8, 1), "shape .8, 8, 1.*of 16x16, 32x32.*image_size.*the first stage draws them 2 times"),
    ({"enlargement": 2}, (512, 512, 3), "shape .512, 512, 3.*256x256; resize"),
    ({"stage_condition": "embedding"}, None, "family=stackgan needs embedding with each image"),
])
def test_what_cannot_be_built_is_refused(settings, shape, message):
    spec = {"image": Entry((16, 16, 3))} if shape is None else {**SPEC, "image": Entry(shape)}
    with pytest.raises(ValueError, match=message):
        build_model(Config(model="stackgan", **{"width": 2, "enlargement": 2, **settings}), spec)


def test_the_paper_enlarges_four_times_and_small_data_twice():
    factors = [SMALL.replace(enlargement=0).family.factor({"image": Entry((side, side, 3))}) for side in (32, 64, 256)]
    assert factors == [2, 2, 4]


def test_settings_without_an_effect_say_so():
    unused = Config(model="stackgan", stage_condition="none", stage=1).unused()
    assert {"augmentation_size", "mismatched", "divergence_weight", "stage_one"} <= set(unused)
    assert "critic_dropout" in Config(model="stackgan", network="convolutional").unused()


def test_the_second_generator_may_be_narrower_than_the_first():
    two = SMALL.replace(width=4, refiner_width=1)
    refiner = two.family.build_generators(two, SPEC)["refiner"]
    assert (refiner.first.filters, SMALL.family.build_generators(SMALL, SPEC)["refiner"].first.filters) == (2, 4)


def test_stages_share_what_their_generators_are_built_by():
    family = SMALL.family
    fields = {field.name for field in dataclasses.fields(family)}
    assert set(family.generator_settings) < fields
