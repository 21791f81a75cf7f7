"""Models of a likelihood: their losses from their own parts, their noise, and what they refuse."""

import math

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.data.digits import Digits
from wirgan_tf.models import FAMILIES, build_model
from wirgan_tf.models.denoising import salt_and_pepper
from wirgan_tf.models.likelihood import Likelihood
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.noise import Purpose
from wirgan_tf.objectives.likelihood import bernoulli_cross_entropy, divergence_from_prior
from wirgan_tf.training.checkpoints import Checkpoints

SHAPE = (8, 8, 1)
MODELS = ("autoencoder", "vae", "denoising_vae", "draw")
RECURRENT = {"vae": {"time_steps": 2}, "draw": {}}


def config(name, **changes):
    small = {"width": 6, "latent": 3, "batch_size": 8, "seed": 5}
    if name == "draw":
        small |= {"time_steps": 3, "read_size": 2, "write_size": 3}
    return Config(model=name, **small | changes)


def batch(rows=8):
    digits = data.load(Digits(), "train")
    return digits.examples(tf.range(rows, dtype=tf.int64))["image"]


def values(variables):
    return [variable.numpy() for variable in variables]


def assert_identical(first, second):
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("name", MODELS)
class TestEveryModel:
    def test_gradients_are_finite_and_one_step_changes_every_variable(self, name):
        model = build_model(config(name, width=16), SHAPE)
        before = values(model.networks.trainable_variables)
        logs = tf.function(model.train_step)({"image": batch()[None]})
        assert all(np.isfinite(float(value)) for value in logs.values())
        for old, variable in zip(before, model.networks.trainable_variables, strict=True):
            assert np.all(np.isfinite(variable)), variable.path
            assert np.any(old != variable.numpy()), variable.path
        assert int(model.iteration) == 1

    def test_the_loss_falls(self, name):
        model = build_model(config(name, width=16, generator_learning_rate=5e-3), SHAPE)
        step = tf.function(model.train_step)
        losses = [float(step({"image": batch()[None]})["loss"]) for _ in range(30)]
        assert np.mean(losses[-5:]) < 0.8 * losses[0]

    def test_canvases_are_as_many_as_steps_and_end_in_the_image(self, name):
        sampler = Sampler(build_model(config(name), SHAPE))
        canvases = sampler.canvases(row_seeds(3, 5))
        assert canvases.shape == (config(name).network.time_steps, 5, *SHAPE)
        images = sampler.images(row_seeds(3, 5))
        np.testing.assert_allclose(canvases[-1], images, atol=1e-6)
        assert np.abs(images).max() <= 1.0

    def test_weights_are_a_function_of_the_seed(self, name):
        first, again, other = (build_model(config(name, seed=seed), SHAPE) for seed in (1, 1, 2))
        assert_identical(values(first.networks.trainable_variables), values(again.networks.trainable_variables))
        pairs = zip(first.networks.trainable_variables, other.networks.trainable_variables, strict=True)
        kernels = [(mine.numpy(), theirs.numpy()) for mine, theirs in pairs if "kernel" in mine.path]
        assert kernels
        assert all(np.any(mine != theirs) for mine, theirs in kernels)

    def test_a_restored_model_makes_the_step_it_made_before(self, name, tmp_path):
        models = [build_model(config(name, generator_average=0.5, seed=seed), SHAPE) for seed in (1, 2)]
        for model in models:
            model.seed = 1  # of the noise; the weights differ until they are restored
        models[0].train_step({"image": batch()[None]})
        Checkpoints(models[0], tmp_path, keep=1).save()
        assert Checkpoints(models[1], tmp_path, keep=1).restore() == 1
        ends = []
        for model in models:
            model.train_step({"image": batch()[None]})
            ends.append(values([*model.networks.variables, *model.average.variables]))
        assert_identical(*ends)


def test_a_vaes_loss_is_made_of_its_parts():
    """The terms of `estimates` from the encoder's Gaussians and the generator's own images, put together by hand."""
    model = build_model(config("vae", time_steps=2), SHAPE)
    images, drawn = batch(), []

    def draw(mean, log_variance, step):
        drawn.append((mean, log_variance, step))
        return mean

    inference = model.encoder.infer(model.generator, images, draw)
    assert [step for *_, step in drawn] == [0, 1]
    z = tf.stack([mean for mean, *_ in drawn])
    expected = (model.generator.draw({"z": z})["image"] + 1) / 2  # pixels' means
    np.testing.assert_allclose(tf.sigmoid(inference.logits), expected, atol=1e-6)
    found = model.losses(images, inference)
    pixels = (images.numpy() + 1) / 2
    means = np.float64(expected)
    entropy = -(pixels * np.log(means) + (1 - pixels) * np.log(1 - means)).sum(axis=(1, 2, 3)).mean()
    variance = np.exp(np.float64(inference.log_variance))
    divergence = (np.square(inference.mean) + variance - np.log(variance) - 1).sum(axis=(0, 2)).mean() / 2
    assert float(found["reconstruction"]) == pytest.approx(entropy, rel=1e-4)
    assert float(found["divergence"]) == pytest.approx(divergence, rel=1e-4)


@pytest.mark.parametrize("name", RECURRENT)
def test_what_is_inferred_is_drawn_by_the_generator(name):
    """The canvas that DRAW's encoder watches is the one its generator draws of the same z."""
    model = build_model(config(name, **RECURRENT[name], initializer="glorot"), SHAPE)
    noise = tf.random.stateless_normal([model.generator.time_steps, 8, 3], [0, 1])
    drawn = []

    def draw(mean, log_variance, step):
        drawn.append(model.posterior_sample(mean, log_variance, noise[step]))
        return drawn[-1]

    inference = model.encoder.infer(model.generator, batch(), draw)
    np.testing.assert_allclose(2 * tf.sigmoid(inference.logits) - 1,
                               model.generator.draw({"z": tf.stack(drawn)})["image"], atol=1e-5)


def test_a_vae_draws_z_from_its_gaussian():
    vae = build_model(config("vae"), SHAPE)
    drawn = vae.posterior_sample(tf.constant([[1.0, -2.0]]), tf.constant([[0.0, math.log(9.0)]]),
                                 tf.constant([[0.5, -1.0]]))
    np.testing.assert_allclose(drawn, [[1.5, -5.0]], rtol=1e-6)  # 1 + 1 / 2, -2 - 3


def test_an_autoencoders_codes_are_inside_the_cube_it_is_sampled_from():
    model = build_model(config("autoencoder"), SHAPE)
    drawn = model.posterior_sample(tf.constant([[100.0, -0.5]]), None, None)
    np.testing.assert_allclose(drawn, [[1.0, math.tanh(-0.5)]], rtol=1e-6)
    assert model.noise["z"].distribution == "uniform"
    assert set(model.estimates({"image": batch()})) == {"loss", "reconstruction"}


def test_salt_and_pepper():
    images = tf.zeros([1000, 8, 8, 1])
    uniform = tf.random.stateless_uniform([1000, 8, 8, 1], [0, 1])
    corrupted = salt_and_pepper(images, uniform, 0.3).numpy()
    for value, share in ((-1.0, 0.15), (1.0, 0.15), (0.0, 0.7)):
        assert (corrupted == value).mean() == pytest.approx(share, abs=4 * math.sqrt(share / corrupted.size))


def test_a_denoising_vae_corrupts_what_it_sees_and_is_judged_by_the_clean_image(monkeypatch):
    model, images = build_model(config("denoising_vae", corruption=0.4), SHAPE), batch()
    seen = model.encoder_input(images)
    changed = (seen != images).numpy()
    assert 0.2 < changed.mean() < 0.4  # a black pixel turned black is none
    assert set(np.unique(seen.numpy()[changed])) == {-1.0, 1.0}
    judged = []
    losses = model.losses
    monkeypatch.setattr(model, "losses", lambda images, inference: judged.append(images) or losses(images, inference))
    model.train_step({"image": images[None]})
    np.testing.assert_array_equal(judged[0], images)
    assert (model.encoder_input(images) != seen).numpy().any()  # the next update's noise is another
    clean = build_model(config("denoising_vae", corruption=0.0), SHAPE)
    np.testing.assert_array_equal(clean.encoder_input(images), images)


def test_estimates_are_the_same_at_every_call_and_training_noise_is_not():
    model = build_model(config("vae"), SHAPE)
    first, again = (model.estimates({"image": batch()}) for _ in range(2))
    assert float(first["loss"]) == float(again["loss"])
    losses = [float(build_model(config("vae", seed=seed), SHAPE).train_step({"image": batch()[None]})["reconstruction"])
              for seed in (1, 1)]
    assert losses[0] == losses[1]

    def posterior_noise():
        return model._stream(0).noise(Purpose.POSTERIOR, model._posterior_noise, 8)["z"].numpy()

    before = posterior_noise()
    model.networks.optimizer.iterations.assign_add(1)
    assert np.any(posterior_noise() != before)


def test_replicas_train_as_one_device(two_replicas):
    """Two devices on halves of the batch end with the weights of one device on all of it (mlp: no batch norm)."""
    settings = config("denoising_vae", network="mlp")
    alone = build_model(settings, SHAPE)
    with two_replicas.scope():
        together = build_model(settings, SHAPE)
    step = tf.function(lambda images: two_replicas.run(together.train_step, args=(images,)))
    for _ in range(3):
        alone.train_step({"image": batch()[None]})
        step(two_replicas.experimental_distribute_values_from_function(
            lambda context: {"image": batch()[None, 4 * context.replica_id_in_sync_group:][:, :4]}))
    for mine, theirs in zip(alone.networks.trainable_variables, together.networks.trainable_variables, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-5)


def test_fit():
    model = build_model(config("vae"), SHAPE)
    model.fit(tf.data.Dataset.from_tensors({"image": batch()[None]}).repeat(3), verbose=0)
    assert int(model.iteration) == 3


@pytest.mark.parametrize(("name", "changes", "message"), [
    ("vae", {"critic_updates": 5}, "critic_updates is a setting of family=adversarial or .*and family=vae was chosen"),
    ("vae", {"penalty": "gp"}, "penalty goes with family=adversarial or .*and family=vae was chosen"),
    ("vae", {"critic_learning_rate": 1e-3}, "critic_learning_rate is a setting of family=adversarial or .*family=vae"),
    ("vae", {"noise": "uniform"}, "noise=uniform: family=vae takes z of another distribution; use noise=normal"),
    ("autoencoder", {"noise": "normal"}, "use noise=uniform"),
    ("vae", {"canvas": "last"}, "canvas=last: .*; use canvas=sum"),
    ("draw", {"canvas": "last"}, "canvas is a setting of network=convolutional or .*, and network=draw was chosen"),
    ("vae", {"learning_rate_decay": "on_stall"}, "family=vae does not have; use objective=began"),
    ("vae", {"network": "dcgan"}, "family=vae needs a network with an encoder, which network=dcgan does not have; "
                                  "those that do are: convolutional, mlp, draw"),
    ("draw", {"family": "adversarial"}, "family=adversarial needs a network with a generator of noise and a critic, "
                                        "which network=draw does not have"),
    ("vae", {"objective": "elbo"}, "unknown objective 'elbo'.*wgan"),
    ("vae", {"family": "elbo"}, "unknown family 'elbo'.*vae"),
])
def test_parts_that_do_not_go_together_are_refused(name, changes, message):
    with pytest.raises(ValueError, match=message):
        build_model(config(name, **changes), SHAPE)


@pytest.mark.parametrize(("name", "network"), [("vae", "mlp"), ("draw", "draw")])
def test_points_are_refused(name, network):
    with pytest.raises(ValueError, match=r"the data has shape \(2,\)"):
        build_model(config(name, network=network), (2,))


def test_every_likelihood_has_its_preset():
    likelihoods = {name for name, family in FAMILIES.items() if issubclass(family, Likelihood)}
    assert {Config(model=name).family.name for name in MODELS} == likelihoods


def test_draws_losses_sum_over_time():
    """KL of T steps: as many times that of one, when all are alike."""
    shape = [7, 4, 3]
    one = divergence_from_prior(tf.ones([1, 4, 3]), tf.zeros([1, 4, 3]))
    np.testing.assert_allclose(divergence_from_prior(tf.ones(shape), tf.zeros(shape)), 7 * one, rtol=1e-6)
    assert bernoulli_cross_entropy(batch(), tf.zeros([8, *SHAPE])).numpy() == pytest.approx(64 * math.log(2), rel=1e-5)
