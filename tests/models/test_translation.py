"""Pix2Pix, CycleGAN and StarGAN."""

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data import ArraySource
from wirgan_tf.entries import Entry
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.models.scoring import Scorer
from wirgan_tf.networks.passes import TRAINING
from wirgan_tf.training.checkpoints import Checkpoints

SIZE, ROWS = (16, 16), 3
NAMES, GROUPS = ("red", "green", "thick"), (("red", "green"),)
SPEC = {"source": Entry((*SIZE, 1)), "image": Entry((*SIZE, 1)), "attributes": Entry((3,), names=NAMES, groups=GROUPS)}
MODELS = ("pix2pix", "cyclegan", "stargan")
SMALL = {"width": 2, "batch_size": ROWS, "initializer": "glorot", "critic_initializer": "glorot", "critic_updates": 1}


def built(name, **changes):
    return build_model(Config(model=name, **{**SMALL, **changes}), SPEC)


def batch(seed=0, rows=ROWS):
    random = np.random.RandomState(seed)
    images = {name: random.uniform(-1, 1, [1, rows, *SPEC[name].shape]) for name in ("source", "image")}
    attributes = np.eye(3)[random.randint(0, 2, [1, rows])] + np.float32([0, 0, 1]) * random.randint(0, 2, [1, rows, 1])
    return {name: tf.constant(values, tf.float32) for name, values in (images | {"attributes": attributes}).items()}


def first_of(batch):
    return {name: values[0] for name, values in batch.items()}


def generator_update(model, tape):
    """The batch, its generated images, noise and scores, and the terms, as in an update of the generators."""
    real = first_of(batch())
    noise = {name: tf.random.stateless_uniform(entry.batch_shape(ROWS), [0, 3], -1.0)
             for name, entry in model.training_noise.items()}
    with tape:
        fake = model.generate(real, model._conditions_of(real), noise, TRAINING)
        scores = model.generator_scores(real, fake)
        return real, fake, noise, model.generator_terms(real, fake, noise, scores, model._stream(0))


def moved(tape, term, network):
    return [gradient is not None and np.abs(gradient).max() > 0
            for gradient in tape.gradient(term, network.trainable_variables)]


def remembered(model):
    return [*model.generators.variables, *model.critics.variables, *model.state.values()]


def copied(variables):
    return [variable.numpy() for variable in variables]


@pytest.mark.parametrize("name", MODELS)
def test_a_step_moves_every_weight(name):
    """But biases before a normalisation, whose mean is taken away again."""
    model = built(name, normalization="none", patch_normalization="none")
    variables = [*model.generators.trainable_variables, *model.critics.trainable_variables]
    before = copied(variables)
    logs = model.train_step(batch())
    may_stay = ("to_score/bias",)  # a number added to all scores changes no difference of them
    assert [variable.path for old, variable in zip(before, variables, strict=True)
            if np.all(old == variable) and not variable.path.endswith(may_stay)] == []
    assert all(np.isfinite(value) for value in logs.values())


@pytest.mark.parametrize("name", MODELS)
def test_samples_are_the_models_translations(name):
    """Of the conditions that nobody chose: the source of an example; of StarGAN its image, with the next attributes."""
    model, examples = built(name), first_of(batch(rows=12))
    source = ArraySource("made_up", examples["image"].numpy(), source=examples["source"].numpy(),
                         attributes=examples["attributes"].numpy(), attribute_names=NAMES)
    seeds, choose = row_seeds(3, 12), data.conditions_of(source, model.data_conditions)
    plain = data.conditions_of(source, ["image", "source", "attributes"])
    chosen = choose(seeds)
    np.testing.assert_array_equal(chosen["source"], plain(seeds)["image" if name == "stargan" else "source"])
    attributes = chosen.get("attributes")
    if name == "stargan":
        np.testing.assert_array_equal(attributes, plain(seeds + 1)["attributes"])
    images = Sampler(model, choose).images(seeds)
    np.testing.assert_allclose(images, model.translate(chosen["source"], attributes, seeds=tf.constant(seeds)),
                               atol=1e-5)
    scores = Scorer(model).among(images, plain(seeds))
    assert scores.shape == (12,)
    assert np.all(np.isfinite(scores))


def test_targets_in_training_are_the_attributes_of_the_next_example():
    real = first_of(batch())
    asked = built("stargan")._conditions_of(real)
    np.testing.assert_array_equal(asked["source"], real["image"])
    np.testing.assert_array_equal(asked["attributes"], np.roll(real["attributes"], -1, axis=0))


@pytest.mark.parametrize(("name", "terms"), [
    ("pix2pix", {"objective", "l1"}), ("stargan", {"objective", "class", "reconstruction"}),
    ("cyclegan", {"objective_a", "objective_b", "cycle_a", "cycle_b", "identity"})])
def test_every_term_reaches_every_generator(name, terms):
    """So do both cycle terms: |F(G(x)) - x| trains G through F, and F."""
    model, tape = built(name), tf.GradientTape(persistent=True)
    *_, found = generator_update(model, tape)
    assert set(found) == terms
    for term in terms:
        alone = {"objective_a": ["b_to_a"], "objective_b": ["a_to_b"]}.get(term, model.trained_generators)
        for generator in model.trained_generators:
            assert any(moved(tape, found[term], model.trained_generators[generator])) == (generator in alone)


def test_terms_of_cyclegan_by_hand():
    model = built("cyclegan", cycle_weight=3.0, identity_weight=0.25)
    real, fake, _, found = generator_update(model, tf.GradientTape())
    forth, back = model.a_to_b, model.b_to_a
    x, y = real["source"], real["image"]
    np.testing.assert_allclose(fake["image"], forth(x), atol=1e-5)
    error = lambda first, second: np.mean(np.abs(first - second))  # noqa: E731
    scored = np.mean((model.critic_b(forth(x)) - 1.0) ** 2)
    expected = {"cycle_a": 3.0 * error(back(forth(x)), x), "cycle_b": 3.0 * error(forth(back(y)), y),
                "identity": 0.75 * (error(forth(y), y) + error(back(x), x)), "objective_b": scored}
    for term, value in expected.items():
        assert float(found[term]) == pytest.approx(float(value), rel=1e-4), term


def test_terms_of_pix2pix_by_hand():
    model = built("pix2pix", l1_weight=7.0, dropout=0.0)
    real, fake, _, found = generator_update(model, tf.GradientTape())
    scores = model.critic.critic(tf.concat([fake["image"], real["source"]], axis=-1))
    assert float(found["objective"]) == pytest.approx(np.mean(np.log1p(np.exp(-scores))), rel=1e-4)
    assert float(found["l1"]) == pytest.approx(7.0 * np.mean(np.abs(fake["image"] - real["image"])), rel=1e-5)
    judged = model.critic_scores(real, fake, TRAINING)
    loss = model.critic_terms(real, fake, judged, model._stream(0))["objective"]
    reals = model.critic.critic(tf.concat([real["image"], real["source"]], axis=-1))
    halves = (np.mean(np.log1p(np.exp(-reals))) + np.mean(np.log1p(np.exp(scores)))) / 2
    assert float(loss) == pytest.approx(halves, rel=1e-4)


def test_without_the_source_pix2pix_judges_images_alone():
    model = built("pix2pix", critic_sees_source=False, adversarial_weight=0.0)
    assert model.judged_conditions == {}
    *_, found = generator_update(model, tf.GradientTape())
    assert float(found["objective"]) == 0.0
    assert Scorer(model)(np.zeros([2, *SIZE, 1], np.float32)).shape == (2,)


def test_cyclegan_under_wgan_gp():
    model = built("cyclegan", objective="wgan", penalty="gp", adversarial_weight=1.0, blocks=1)
    real, fake, _, found = generator_update(model, tf.GradientTape())
    assert float(found["objective_b"]) == pytest.approx(-np.mean(model.critic_b(fake["image"])), rel=1e-4)
    terms = model.critic_terms(real, fake, model.critic_scores(real, fake, TRAINING), model._stream(0))
    assert set(terms) == {"objective_a", "objective_b", "penalty_a", "penalty_b"}
    assert all(float(terms[f"penalty_{domain}"]) > 0.0 for domain in "ab")


def test_finite_differences_of_a_cycle_term():
    model = built("cyclegan", normalization="none")
    tape = tf.GradientTape()
    *_, found = generator_update(model, tape)
    bias = model.a_to_b.first.bias
    gradient = tape.gradient(found["cycle_a"], bias).numpy()
    step = np.float32([1e-3, 0.0])
    ends = []
    for sign in (1, -1):
        bias.assign_add(sign * step)
        ends.append(float(generator_update(model, tf.GradientTape())[-1]["cycle_a"]))
        bias.assign_add(-sign * step)
    assert (ends[0] - ends[1]) / 2e-3 == pytest.approx(gradient[0], rel=0.03, abs=1e-3)


def test_the_attribute_head_learns_from_real_images_alone():
    model, real = built("stargan"), first_of(batch())
    fakes = [tf.zeros_like(real["image"]), tf.ones_like(real["image"])]
    terms = [model.critic_terms(real, {"image": fake}, model.critic_scores(real, {"image": fake}, TRAINING),
                                model._stream(0)) for fake in fakes]
    assert float(terms[0]["class"]) == float(terms[1]["class"])
    assert float(terms[0]["objective"]) != float(terms[1]["objective"])


def test_at_its_start_stargan_sees_attributes():
    model, images = built("stargan"), first_of(batch())["source"]
    first, second = (model.translate(images, tf.constant([attributes] * ROWS, tf.float32))
                     for attributes in ([1, 0, 0], [0, 1, 1]))
    assert np.abs(first - second).max() > 1e-3
    with pytest.raises(ValueError, match=r"padding=reflect leaves the planes of attributes constant.*use padding=zero"):
        Config(model="stargan", padding="reflect")


@pytest.mark.parametrize("name", MODELS)
def test_other_sizes_and_batches_of_one(name):
    model = built(name)
    attributes = tf.ones([1, 3]) if name == "stargan" else None
    side = 2 * model.size_multiple
    assert model.translate(tf.zeros([1, side, 3 * side, 1]), attributes).shape == (1, side, 3 * side, 1)
    model.train_step(batch(rows=1))
    wanted = f"multiples of {model.size_multiple}, from {model.smallest_side} on; pad them"
    with pytest.raises(ValueError, match=f"images of 16x18: .* {wanted}"):
        model.translate(tf.zeros([1, 16, 18, 1]), attributes)
    if model.smallest_side > model.size_multiple:
        with pytest.raises(ValueError, match=wanted):
            model.translate(tf.zeros([1, model.size_multiple, 16, 1]), attributes)
    if attributes is not None:
        with pytest.raises(ValueError, match=r"attributes have shape \(1, 3\) and images \(2, 16, 16, 1\)"):
            model.translate(tf.zeros([2, 16, 16, 1]), attributes)


def test_stargan_needs_a_next_image_in_a_batch():
    with pytest.raises(ValueError, match="batch_size=1: images are asked for the attributes of the next one"):
        Config(model="stargan", dataset="digit_tints", batch_size=1)


def test_each_critic_shows_its_clipped_share():
    model = built("cyclegan", penalty="clipping", clip=0.01)
    assert {name for name in model.diagnostics() if "clipped" in name} == {"clipped_share_a", "clipped_share_b"}


def test_directions():
    model, images = built("cyclegan"), first_of(batch())["source"]
    np.testing.assert_allclose(model.translate(images), model.a_to_b(images), atol=1e-6)
    np.testing.assert_allclose(model.translate(images, direction="b_to_a"), model.b_to_a(images), atol=1e-6)
    with pytest.raises(ValueError, match="direction=b: the choices are a_to_b, b_to_a"):
        model.translate(images, direction="b")
    with pytest.raises(ValueError, match="direction=a_to_b: this model has one direction; leave it out"):
        built("pix2pix").translate(images, direction="a_to_b")
    with pytest.raises(ValueError, match="attributes have no effect"):
        model.translate(images, tf.ones([ROWS, 3]))


def test_dropout_at_inference_is_a_setting():
    images = first_of(batch())["source"]
    dropping, still = built("pix2pix"), built("pix2pix", inference_dropout=False)
    assert (list(dropping.noise), still.noise) == (["dropout"], {})
    assert list(still.training_noise) == ["dropout"]
    seeds = tf.constant([0, 1, 2], tf.int64)
    assert np.abs(dropping.translate(images, seeds=seeds) - dropping.translate(images, seeds=seeds + 1)).max() > 1e-3
    np.testing.assert_array_equal(still.translate(images, seeds=seeds), still.translate(images, seeds=seeds + 1))
    np.testing.assert_array_equal(Sampler(still).images(np.arange(ROWS), {"source": images}), still.translate(images))


def test_a_resumed_run_goes_on_with_its_half_filled_pools(tmp_path):
    settings = {"pool_size": 5, "critic_learning_rate": 1e-2, "generator_learning_rate": 1e-2}
    model, again = built("cyclegan", **settings), built("cyclegan", seed=1, **settings)
    model.train_step(batch(0))
    Checkpoints(model, tmp_path, keep=1).save()
    assert Checkpoints(again, tmp_path, keep=1).restore() == 1
    again.seed = model.seed
    for trained in (model, again):
        for number in (1, 2):
            trained.train_step(batch(number))
    assert int(model.pools["image"].stored) == 5
    for mine, theirs in zip(remembered(model), remembered(again), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_skipped_update_leaves_the_pools_as_they_were():
    model = built("cyclegan", critic_skip_above=0.0, generator_skip_below=0.0)
    before = copied(model._critic_variables)
    model.train_step(batch())
    for old, variable in zip(before, model._critic_variables, strict=True):
        np.testing.assert_array_equal(old, variable)


@pytest.mark.parametrize(("changes", "message"), [
    ({"network": "dcgan"}, "family=pix2pix needs a network with a generator of images from images, which network=dcgan "
                           "does not have; those that do are: unet, resnet_translator, stargan"),
    ({"objective": "ebgan"}, "objective=ebgan needs a critic that is an autoencoder, and family=pix2pix has critics "),
    ({"penalty": "gp", "patch_normalization": "batch"}, "patch_normalization=batch mixes the samples of a batch; use "),
    ({"patch": 50}, "patch=50: the choices are 1, 16, 34, 70, 142, 286, or 0"),
    ({"model": "cyclegan", "cycle_weight": 0.0}, "identity_weight=0.5 has no effect with cycle_weight=0")])
def test_parts_that_do_not_go_together_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Config(**{"model": "pix2pix", **changes})


def test_data_without_what_a_family_needs_is_refused():
    for name, missing in (("pix2pix", "source"), ("stargan", "attributes")):
        with pytest.raises(ValueError, match=f"family={name} needs .*use a data set with {missing}"):
            build_model(Config(model=name, **SMALL), {"image": SPEC["image"]})
    with pytest.raises(ValueError, match=r"the data translates \[16, 16, 1\] to \[16, 8, 1\]"):
        build_model(Config(model="pix2pix", **SMALL), SPEC | {"image": Entry((16, 8, 1))})
