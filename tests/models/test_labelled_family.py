"""Conditions on their way through a model: from the data to generator, critic and penalty, to samples and scores."""

import numpy as np
import pytest
import tensorflow as tf

from tests.models import labelled_family
from tests.models.labelled_family import LabelledCritic, LabelledModel
from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data.digits import Digits
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.models.scoring import Scorer

ROWS = 5


@pytest.fixture(scope="module", autouse=True)
def _registered():
    with labelled_family.registered():
        yield


@pytest.fixture(scope="module")
def source():
    return data.load(Config(model="labelled_gan").data, "train")


@pytest.fixture(scope="module")
def model(source):
    return build_model(Config(model="labelled_gan"), source.spec)


def conditions(label, rows=ROWS):
    return {"label": np.full([rows], label), "attributes": np.tile([0.0, 1.0], [rows, 1])}


def batch_of(source, config):
    return next(iter(data.training_batches(source, batch_size=config.batch_size, seed=0,
                                           batches=config.family.batches)))


def test_it_is_registered_as_any_other():
    config = Config(model="labelled_gan")
    assert (config.family.name, config.dataset, config.family.critic_updates) == ("labelled_gan", "marked_digits", 2)
    assert Config.from_json(config.to_json()) == config
    assert set(config.family.axes) == {"objective", "penalty"}


@pytest.mark.parametrize("changes", [{}, {"penalty": "dragan", "objective": "relativistic", "generator_average": 0.5},
                                     {"critic_skip_above": 0.5}])
def test_a_step_trains_both_players(source, changes):
    config = Config(model="labelled_gan", **changes)
    model = build_model(config, source.spec)
    players = (model.generator, model.critic)
    before = [[variable.numpy() for variable in player.trainable_variables] for player in players]
    step = model.train_step if changes else tf.function(model.train_step)  # in the graph once: tracing takes seconds
    logs = step(batch_of(source, config))
    assert all(np.isfinite(float(value)) for value in logs.values())
    for player, values in zip(players, before, strict=True):
        if player is model.critic and "critic_skip_above" in changes:
            continue
        assert len(values) == 8
        assert any(np.any(old != new.numpy()) for old, new in zip(values, player.trainable_variables, strict=True))
    assert np.isfinite(float(model.estimates(source.examples(tf.range(7)))["wasserstein_estimate"]))


@pytest.mark.parametrize("drawn_at_once", [True, False])
def test_generated_images_are_judged_beside_the_conditions_they_were_drawn_for(source, monkeypatch, drawn_at_once):
    """Real and generated images, and so the points of the penalty between them, have the grey level of their label."""
    def draw(self, networks, noise, conditions, run=None):
        image = tf.zeros([1, 8, 8, 1]) + tf.cast(conditions["label"], tf.float32)[:, None, None, None]
        return {"image": image + 0.0 * original_draw(self, networks, noise, conditions)["image"]}

    def call(self, images, conditions, run=None):
        judged.append((images.numpy(), conditions["label"].numpy()))
        return original_call(self, images, conditions)

    config = Config(model="labelled_gan")
    model, judged, original_draw, original_call = (build_model(config, source.spec), [], LabelledModel.draw,
                                                   LabelledCritic.call)
    model.generator.independent_samples = drawn_at_once
    monkeypatch.setattr(LabelledModel, "draw", draw)
    monkeypatch.setattr(LabelledCritic, "call", call)
    batch = batch_of(source, config)
    labels = tf.cast(batch["label"], tf.float32)
    model.train_step(batch | {"image": tf.zeros([2, 4, 8, 8, 1]) + labels[:, :, None, None, None]})
    assert len(judged) == 2 * 3 + 1  # real, generated and between in each critic update; the generator's own
    for images, label in judged:
        np.testing.assert_allclose(images, np.broadcast_to(label[:, None, None, None], images.shape), atol=1e-5)
    np.testing.assert_array_equal(judged[-1][1], batch["label"][-1])
    assert np.any(batch["label"][0] != batch["label"][1])


def test_samples_depend_on_their_conditions_and_their_seed(model):
    sampler, seeds = Sampler(model), row_seeds(0, ROWS)
    images = sampler.images(seeds, conditions(3))
    assert images.shape == (ROWS, 8, 8, 1)
    np.testing.assert_array_equal(images, sampler.images(seeds, conditions(3)))
    others = [sampler.images(seeds, conditions(4)), sampler.images(seeds + ROWS, conditions(3)),
              sampler.images(seeds, conditions(3) | {"attributes": np.zeros([ROWS, 2])})]
    for other in others:
        assert np.abs(images - other).reshape(ROWS, -1).max(axis=1).min() > 1e-4
    np.testing.assert_array_equal(sampler.canvases(seeds, conditions(3)), images[None])


def test_conditions_go_with_their_seeds_over_several_calls(model):
    """70 rows are more than one call takes: the last has its own label."""
    sampler, mixed = Sampler(model), {"label": np.arange(70) % 10, "attributes": np.ones([70, 2])}
    images = sampler.images(row_seeds(0, 70), mixed)
    last = {name: values[69:] for name, values in mixed.items()}
    np.testing.assert_allclose(images[69:], sampler.images(row_seeds(69, 1), last), atol=1e-6)


def test_conditions_may_have_a_default(model):
    sampler = Sampler(model, default_conditions=lambda seeds: conditions(3, rows=len(seeds)))
    np.testing.assert_array_equal(sampler.images(row_seeds(0, ROWS)),
                                  Sampler(model).images(row_seeds(0, ROWS), conditions(3)))


@pytest.mark.parametrize(("wrong", "message"), [
    (None, "^samples of this model depend on label, attributes; pass them as conditions$"),
    ({}, "^conditions none were passed, expected label, attributes$"),
    ({"label": np.zeros([ROWS])}, "^conditions label were passed, expected label, attributes$"),
    (conditions(3) | {"hair": np.zeros([ROWS])}, "^conditions label, attributes, hair were passed, expected label"),
    (conditions(3, rows=4), r"^condition label has shape \[4\]; expected \[5\], a row for each seed$"),
    (conditions(3) | {"attributes": np.zeros([ROWS, 3])}, r"^condition attributes has shape \[5, 3\]; expected \[5"),
    (conditions(3) | {"label": np.zeros([ROWS, 1])}, r"^condition label has shape \[5, 1\]; expected \[5\]"),
])
def test_missing_and_misshaped_conditions_are_refused(model, wrong, message):
    with pytest.raises(ValueError, match=message):
        Sampler(model).images(row_seeds(0, ROWS), wrong)


def test_scores_depend_on_the_conditions(model, source):
    examples = {name: values.numpy() for name, values in source.examples(tf.range(70)).items()}
    images = examples.pop("image")
    scores = Scorer(model)(images, examples)
    np.testing.assert_allclose(scores, model.critic(images, conditions=examples), atol=1e-5)
    others = Scorer(model)(images, examples | {"label": (examples["label"] + 1) % 10})
    assert np.abs(scores - others).min() > 0.0
    with pytest.raises(ValueError, match="conditions none were passed, expected label, attributes"):
        Scorer(model)(images)


def test_data_without_the_conditions_is_refused():
    with pytest.raises(ValueError, match=r"^family=labelled_gan needs label, attributes with each image, and the data "
                                         r"has image, label; use a data set with attributes$"):
        build_model(Config(model="labelled_gan", dataset="digits"), data.load(Digits(), "train").spec)


def test_replicas_train_as_one_device(source, two_replicas):
    config = Config(model="labelled_gan")
    alone = build_model(config, source.spec)
    with two_replicas.scope():
        together = build_model(config, source.spec)
    batch = batch_of(source, config)
    alone.train_step(batch)
    halves = two_replicas.experimental_distribute_values_from_function(
        lambda context: {name: tf.split(values, 2, axis=1)[context.replica_id_in_sync_group]
                         for name, values in batch.items()})
    two_replicas.run(together.train_step, args=(halves,))
    for mine, theirs in zip([*alone.generator.variables, *alone.critic.variables],
                            [*together.generator.variables, *together.critic.variables], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-5)
