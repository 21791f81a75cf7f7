"""Models that draw what they are asked for: against the unconditional model, a plain form, and finite checks."""

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.entries import Entry
from wirgan_tf.models import build_model
from wirgan_tf.models.class_head import HEAD
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.networks.passes import TRAINING
from wirgan_tf.noise import Purpose

SHAPE, CLASSES, ROWS = (8, 8, 1), 3, 4
SMALL = {"width": 2, "latent": 3, "batch_size": ROWS, "critic_updates": 1, "initializer": "glorot",
         "critic_initializer": "glorot"}
PRESETS = ("conditional_gp_wirgan", "conditional_wirgan", "cgan", "acgan", "projection_gan")


def spec(classes=CLASSES):
    return {"image": Entry(SHAPE), "label": Entry((), tf.int64, tuple(f"class {number}" for number in range(classes)))}


def batch(updates=1, classes=CLASSES, seed=0):
    random = np.random.RandomState(seed)
    return {"image": tf.constant(random.uniform(-1, 1, [updates, ROWS, *SHAPE]), tf.float32),
            "label": tf.constant(np.arange(updates * ROWS).reshape(updates, ROWS) % classes, tf.int64)}


def values(model):
    return [np.asarray(variable) for part in model.parts.values() for variable in part.variables]


@pytest.fixture(scope="module", params=PRESETS)
def model(request):
    return build_model(Config(model=request.param, **SMALL), spec())


def test_the_label_changes_the_image_from_the_start(model):
    sampler, seeds = Sampler(model), row_seeds(0, 2)
    if model.generator.embedding is None:  # conditional normalisation is the same for all classes at first
        for norm in model.generator.decoder.norms:
            norm.to_gamma.table.assign(np.random.RandomState(0).normal(size=norm.to_gamma.table.shape))
    images = [sampler.images(seeds, {"label": np.full([2], label)}) for label in range(CLASSES)]
    assert np.abs(images[0] - images[1]).max() > 1e-4
    assert np.abs(images[1] - images[2]).max() > 1e-4
    np.testing.assert_array_equal(images[2], sampler.images(seeds, {"label": np.full([2], 2)}))


def test_the_label_changes_what_the_critic_is_trained_by(model):
    """The gradient of its loss, for the same images under other labels."""
    first, other = batch(), batch()
    other["label"] = (other["label"] + 1) % CLASSES
    gradients = []
    for data in (first, other):
        real = {name: entries[0] for name, entries in data.items()}
        with tf.GradientTape() as tape:
            scores = model.critic_scores(real, {"image": -real["image"]}, TRAINING)
            terms = model.critic_terms(real, {"image": -real["image"]}, scores, model._stream(0))
            loss = tf.add_n(list(terms.values()))
        gradients.append(tape.gradient(loss, model.critics.trainable_variables))
    assert any(np.abs(one - two).max() > 1e-6 for one, two in zip(*gradients, strict=True))


def test_of_a_single_class_nothing_conditional_is_built():
    config = Config(model="gp_wirgan", **SMALL)
    one_class, plain = build_model(config.replace(family="conditional"), spec(classes=1)), build_model(config, SHAPE)
    assert one_class.conditions == {}
    for data in (batch(classes=1), batch(classes=1, seed=1)):
        logs, others = one_class.train_step(data), plain.train_step(data)
        assert {name: float(value) for name, value in logs.items()} == {
            name: float(value) for name, value in others.items()}
    for mine, other in zip(values(one_class), values(plain), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_one_attribute_has_two_values_and_is_a_condition():
    config = Config(model="conditional_gp_wirgan", condition="attributes", **SMALL)
    smiling = {"image": Entry(SHAPE), "attributes": Entry((1,), names=("smiling",))}
    model = build_model(config, smiling)
    assert list(model.conditions) == ["attributes"]
    images = Sampler(model).images(row_seeds(0, 1), {"attributes": np.zeros([1, 1], np.float32)})
    others = Sampler(model).images(row_seeds(0, 1), {"attributes": np.ones([1, 1], np.float32)})
    assert np.any(images != others)


def test_at_one_step_it_is_a_conditional_wgan_gp():
    """Both losses against a plain form: D(x, y) = (w + v_y) . phi(x) + b, and one eps between x and G(z, y)."""
    model = build_model(Config(model="conditional_gp_wirgan", time_steps=1, **SMALL), spec())
    real = {name: entries[0] for name, entries in batch().items()}
    labels, images, stream = real["label"], real["image"], model._stream(tf.constant(0, tf.int64))
    z = stream.noise(Purpose.CRITIC_LATENT, model.noise, ROWS)["z"][0]
    asked = tf.concat([z, tf.zeros([ROWS, 3]), tf.gather(model.generator.embedding.table, labels)], axis=1)
    fake = model.generator.decoder(asked, run=TRAINING)
    body = model.critic.critic

    def judge(pictures):
        features = body.features(pictures)
        readouts = body.to_score.kernel[:, 0] + tf.gather(model.critic.projection.table, labels)
        return tf.reduce_sum(readouts * features, axis=1) + body.to_score.bias[0]

    eps = tf.reshape(stream.uniform(Purpose.INTERPOLATION, tf.constant([ROWS])), [ROWS, 1, 1, 1])
    points = eps * images + (1.0 - eps) * fake
    with tf.GradientTape() as tape:
        tape.watch(points)
        scores = judge(points)
    slopes = tape.gradient(scores, points)
    norms = tf.sqrt(tf.reduce_sum(tf.square(slopes), axis=[1, 2, 3]))
    distance = tf.reduce_mean(judge(fake)) - tf.reduce_mean(judge(images))
    penalty = 10.0 * tf.reduce_mean(tf.square(norms - 1.0))
    logs = model.update_critics(tf.constant(0, tf.int64), real)
    assert float(logs["critic/objective"]) == pytest.approx(float(distance), rel=1e-5, abs=1e-7)
    assert float(logs["critic/penalty"]) == pytest.approx(float(penalty), rel=1e-5)


def test_the_classifier_learns_from_real_images_alone():
    settings = {"class_weight": 2.0, "generator_class_weight": 0.5, **SMALL}
    model = build_model(Config(model="acgan", **settings), spec())
    logs = model.train_step(batch())
    assert {"critic/real_class", "generator/class"} <= set(logs)
    assert "critic/fake_class" not in logs
    assert float(logs["critic/real_class"]) / 2.0 == pytest.approx(np.log(CLASSES), rel=0.5)
    both = build_model(Config(model="acgan", fake_class_weight=1.0, **settings), spec())
    assert "critic/fake_class" in both.train_step(batch())


def test_attributes_are_conditions_too():
    of_faces = {"image": Entry(SHAPE), "attributes": Entry((2,), tf.float32, ("smiling", "young"))}
    asked = tf.constant([[[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]])
    rows = {"image": batch()["image"], "attributes": asked}
    for asked_by in ({"critic_condition": "projection"}, {"critic_condition": "planes"},
                     {"critic_condition": "classifier", "generator_condition": "normalization"}):
        settings = {"condition": "attributes", **asked_by, **SMALL}
        model = build_model(Config(model="conditional_gp_wirgan", **settings), of_faces)
        assert all(np.isfinite(float(value)) for value in model.train_step(rows).values())
        sampler = Sampler(model)
        images = [sampler.images(row_seeds(0, 1), {"attributes": np.float32([asked])})
                  for asked in ([0, 0], [0, 1], [1, 1])]
        assert len({image.tobytes() for image in images}) == 3


def test_the_classifier_reads_attributes_that_exclude_each_other_together():
    """Of logits of 0 a group of two costs log 2, not 2 log 2 as two attributes would."""
    names = ("red", "green", "thick")
    of_tints = {"image": Entry(SHAPE), "attributes": Entry((3,), tf.float32, names, groups=(("red", "green"),))}
    model = build_model(Config(model="acgan", condition="attributes", **SMALL), of_tints)
    head = model.critics.networks[HEAD]
    head.set_weights([np.zeros_like(weight) for weight in head.get_weights()])
    rows = {"image": batch()["image"], "attributes": tf.constant([[[1.0, 0.0, 1.0]] * ROWS])}
    assert float(model.train_step(rows)["critic/real_class"]) == pytest.approx(2 * np.log(2), rel=1e-5)


@pytest.mark.parametrize(("settings", "data", "message"), [
    ({}, {"image": Entry(SHAPE)}, "family=conditional needs label with each image, and the data has image"),
    ({}, {"image": Entry(SHAPE), "label": Entry((), tf.int64)}, "the labels of the data have no classes"),
    ({"network": "mlp", "generator_condition": "normalization"}, None, "network=mlp does not have"),
    ({"network": "began"}, None, "network=began does not have; those that do are: convolutional, mlp, dcgan, resnet"),
])
def test_what_cannot_be_asked_for_is_refused(settings, data, message):
    with pytest.raises(ValueError, match=message):
        build_model(Config(model="conditional_gp_wirgan", **{"width": 2, "latent": 3, **settings}), data or spec())


def test_settings_of_the_classifier_are_unused_without_one():
    assert "class_weight" in Config(model="cgan").unused()
    assert "class_weight" not in Config(model="acgan").unused()
    assert "condition_embedding" in Config(model="projection_gan").unused()
