import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.networks.shapes import SHAPES
from wirgan_tf import data, replicas
from wirgan_tf.config import Config
from wirgan_tf.models import AdversarialModel, build_model
from wirgan_tf.networks import strided
from wirgan_tf.objectives import OBJECTIVES
from wirgan_tf.presets import PRESETS

SMALL = Config(width=2, latent=4, batch_size=8, critic_updates=2, time_steps=2, seed=5)


def batches(config, count=1):
    source = data.load(config, "train")
    pipeline = data.training_batches(source, batch_size=config.batch_size, critic_updates=config.critic_updates,
                                     seed=config.seed)
    return list(pipeline.take(count))


def weights(layer):
    return [variable.numpy() for variable in layer.variables]


def assert_same(first, second, **tolerance):
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_allclose(keras.ops.convert_to_numpy(mine), keras.ops.convert_to_numpy(theirs), **tolerance)


@pytest.mark.parametrize("model", [name for name in PRESETS if PRESETS[name].objective in OBJECTIVES])
def test_schedule_by_counters(model):
    config = dataclasses.replace(PRESETS[model], width=2, latent=4, batch_size=4, critic_updates=3)
    shape = SHAPES[config.network]
    built = build_model(config, shape)
    logs = built.train_step({"image": tf.random.stateless_uniform([3, 4, *shape], [0, 1], -1.0, 1.0)})
    assert int(built.iteration) == 1
    assert int(built.critic_optimizer.iterations) == 3
    assert all(np.isfinite(float(value)) for value in logs.values())
    assert {"critic_loss", "generator_loss", "wasserstein", "penalty"} < set(logs)


@pytest.mark.parametrize(("network", "shape"), [("convolutional", (8, 8, 1)), ("mlp", (8, 8, 1))])
def test_faster_forms_train_as_the_plain_ones(network, shape, monkeypatch):
    """Three updates of GP-WIRGAN: its penalty as a chain or by the tape, its convolutions by parity or TensorFlow's.

    Steps are of 1e-4; Adam makes parts of one from the rounding of gradients near 0.
    """
    config = dataclasses.replace(SMALL, network=network, width=16, critic_initializer="he")
    trained = []
    for plain in (False, True):
        if plain:
            monkeypatch.setattr(strided, "_FEWEST_CHANNELS", 10**9)
        model = build_model(config, shape)
        model.critic.piecewise_linear = not plain
        update = tf.function(model.train_step)
        logs = [update(batch) for batch in batches(config, count=3)]
        trained.append([*logs[-1].values(), *model.generator.variables, *model.critic.variables])
    assert_same(*trained, rtol=1e-3, atol=3e-5)


def test_each_player_changes_its_own_variables():
    model = build_model(SMALL, (8, 8, 1))
    batch = batches(SMALL)[0]
    generator = [variable.numpy() for variable in model.generator.trainable_variables]
    critic = weights(model.critic)
    model.update_critic(tf.constant(0, tf.int64), batch["image"][0])
    assert_same(generator, model.generator.trainable_variables, rtol=0)
    changed = [np.any(before != after) for before, after in zip(critic, weights(model.critic), strict=True)]
    assert changed == [True] * (len(critic) - 1) + [False]  # the last bias cancels in E[r] - E[s]
    critic = weights(model.critic)
    model._update_generator(tf.constant(8), tf.constant(0.5))
    assert_same(critic, weights(model.critic), rtol=0)
    assert all(np.any(before != after.numpy())
               for before, after in zip(generator, model.generator.trainable_variables, strict=True))


def test_the_generators_update_leaves_the_critics_statistics_alone():
    model = build_model(dataclasses.replace(SMALL, penalty="clipping", critic_normalization="batch"), (8, 8, 1))
    model.update_critic(tf.constant(0, tf.int64), batches(SMALL)[0]["image"][0])
    statistics = [variable.numpy() for variable in model.critic.non_trainable_variables]
    assert any(np.any(statistic != initial) for statistic, initial in zip(statistics, (0.0, 1.0), strict=True))
    model._update_generator(tf.constant(8), tf.constant(0.5))
    assert_same(statistics, model.critic.non_trainable_variables, rtol=0)


@pytest.mark.parametrize("network", ["convolutional", "mlp"])
def test_loop_in_the_graph_is_the_updates_in_turn(network):
    """The mlp network's images for all of them are drawn in one call; batch normalisation keeps batches apart."""
    config = dataclasses.replace(SMALL, critic_updates=3, network=network)
    looped, in_turn = build_model(config, (8, 8, 1)), build_model(config, (8, 8, 1))
    batch = batches(config)[0]
    tf.function(looped.train_step)(batch)
    for update in range(3):
        in_turn.update_critic(tf.constant(update, tf.int64), batch["image"][update])
    in_turn._update_generator(tf.constant(8), tf.constant(0.5))
    assert looped.generator.independent_samples == (network == "mlp")
    assert_same(weights(looped), weights(in_turn), rtol=1e-4, atol=1e-6)


def test_batches_for_another_number_of_updates_are_refused():
    with pytest.raises(ValueError, match=r"expected \[2, B, ...\]"):
        build_model(SMALL, (8, 8, 1)).train_step({"image": tf.zeros([3, 8, 8, 8, 1])})


class PlainWganGp:
    """WGAN-GP (Gulrajani et al. 2017) and WGAN written the ordinary way, without a recurrence."""

    def __init__(self, config, reference):
        first = keras.layers.Dense(2 * 2 * 4, use_bias=False)
        self.generator = keras.Sequential([
            keras.Input((4,)), first, keras.layers.BatchNormalization(momentum=0.9), keras.layers.ReLU(),
            keras.layers.Reshape((2, 2, 4)),
            keras.layers.Conv2DTranspose(2, 5, 2, "same", use_bias=False),
            keras.layers.BatchNormalization(momentum=0.9), keras.layers.ReLU(),
            keras.layers.Conv2DTranspose(1, 5, 2, "same", activation="tanh")])
        norms = [keras.layers.BatchNormalization()] if config.critic_normalization == "batch" else []
        self.critic = keras.Sequential([
            keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 5, 2, "same"), keras.layers.LeakyReLU(0.2),
            keras.layers.Conv2D(4, 5, 2, "same"), *norms, keras.layers.LeakyReLU(0.2), keras.layers.Flatten(),
            keras.layers.Dense(1)])
        decoder = reference.generator.decoder
        kernel = decoder.dense.kernel.numpy()
        np.testing.assert_array_equal(kernel.shape, (8, 16))  # [z ; h]: h = 0 never touches the second half
        first.kernel.assign(kernel[:4])
        self.generator.layers[4].set_weights(decoder.hidden[0].get_weights())
        self.generator.layers[7].set_weights(decoder.to_canvas.get_weights())
        for mine, theirs in zip(self.critic.trainable_variables, self.in_order(reference.critic), strict=True):
            mine.assign(theirs)

    @staticmethod
    def in_order(critic):
        norm = critic.norms[1].trainable_variables if critic.norms[1] else []
        return [*critic.convolutions[0].variables, *critic.convolutions[1].variables, *norm, *critic.to_score.variables]


@pytest.mark.parametrize("name", ["wgan_gp", "wgan"])
def test_one_time_step_is_plain_wgan(name, monkeypatch):
    """T = 1 is WGAN-GP and WGAN variable for variable: the same weights after three updates of both players."""
    config = dataclasses.replace(PRESETS[name], width=2, latent=4, batch_size=8, critic_updates=2, initializer="glorot",
                                 clip=0.1)
    model = build_model(config, (8, 8, 1))
    plain = PlainWganGp(config, model)
    if name == "wgan":
        optimizers = [keras.optimizers.RMSprop(5e-5) for _ in range(2)]
    else:
        optimizers = [keras.optimizers.Adam(1e-4, 0.5, 0.9) for _ in range(2)]
    drawn = {}
    originals = type(model)._latents, replicas.rows

    def latents(self, update, purpose, rows):
        drawn["z"] = originals[0](self, update, purpose, rows)
        return drawn["z"]

    def rows(values, axis=0):
        if values.shape.rank == 1:
            drawn["eps"] = values
        return originals[1](values, axis)

    monkeypatch.setattr(type(model), "_latents", latents)
    monkeypatch.setattr(replicas, "rows", rows)
    for batch in batches(config, 3):
        for update in range(2):
            real = batch["image"][update]
            model.update_critic(tf.constant(update, tf.int64), real)
            plain_critic_update(plain, real, drawn["z"][0], drawn.get("eps"), optimizers[0], config)
        model._update_generator(tf.constant(8), tf.constant(0.5))
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(plain.critic(plain.generator(drawn["z"][0], training=True), training=True))
        optimizers[1].apply(tape.gradient(loss, plain.generator.trainable_variables),
                            plain.generator.trainable_variables)
    decoder = model.generator.decoder
    assert_same([decoder.dense.kernel[:4], decoder.to_canvas.kernel, *decoder.hidden[0].variables],
                [plain.generator.layers[0].kernel, plain.generator.layers[7].kernel,
                 *plain.generator.layers[4].variables], rtol=1e-3, atol=2e-6)
    assert_same(PlainWganGp.in_order(model.critic), plain.critic.trainable_variables, rtol=1e-3, atol=2e-6)
    assert_same([decoder.norms[0].moving_mean[0], decoder.norms[1].moving_variance[0]],
                [plain.generator.layers[1].moving_mean, plain.generator.layers[5].moving_variance],
                rtol=1e-3, atol=1e-5)


def plain_critic_update(plain, real, z, eps, optimizer, config):
    fake = plain.generator(z, training=True)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(plain.critic(fake, training=True)) - tf.reduce_mean(plain.critic(real, training=True))
        if config.penalty == "gp":
            mixed = eps[:, None, None, None] * real + (1 - eps[:, None, None, None]) * fake
            with tf.GradientTape() as inner:
                inner.watch(mixed)
                scores = plain.critic(mixed, training=True)
            gradient = inner.gradient(scores, mixed)
            loss += 10 * tf.reduce_mean((tf.norm(tf.reshape(gradient, [8, -1]), axis=1) - 1) ** 2)
    optimizer.apply(tape.gradient(loss, plain.critic.trainable_variables), plain.critic.trainable_variables)
    if config.penalty == "clipping":
        for variable in plain.critic.trainable_variables:
            variable.assign(tf.clip_by_value(variable, -config.clip, config.clip))


def test_runs_repeat_bit_for_bit_and_seeds_differ():
    results = []
    for seed in (1, 1, 2):
        config = dataclasses.replace(SMALL, seed=seed)
        model = build_model(config, (8, 8, 1))
        step = tf.function(model.train_step)
        for batch in batches(config, 2):
            step(batch)
        results.append(weights(model))
    assert_same(results[0], results[1], rtol=0)
    assert any(np.any(mine != other) for mine, other in zip(results[0], results[2], strict=True))


def test_a_step_draws_each_noise_once():
    """Every critic update, the generator's update and every iteration have noise of their own."""
    model = build_model(SMALL, (8, 8, 1))
    rows, seen = tf.constant(8), []
    for _ in range(2):
        for update in range(2):
            for purpose in (0, 1):
                seen.append(model._latents(tf.constant(update, tf.int64), purpose, rows).numpy())
        model.generator_optimizer.iterations.assign_add(1)
    assert len({values.tobytes() for values in seen}) == len(seen)


def test_model_fit():
    model = build_model(SMALL, (8, 8, 1))
    history = model.fit(tf.data.Dataset.from_tensor_slices(
        {"image": np.stack([batch["image"] for batch in batches(SMALL, 3)])}), epochs=2, verbose=0)
    assert int(model.iteration) == 6
    assert len(history.history["wasserstein"]) == 2


def test_inference_statistics_match_training():
    """A batch sampled in inference mode is close to one of the same noise in training mode, at every time step."""
    config = dataclasses.replace(SMALL, time_steps=3, width=8, batch_size=64, critic_updates=5, initializer="glorot",
                                 critic_initializer="he", generator_learning_rate=1e-3, critic_learning_rate=1e-3)
    model = build_model(config, (8, 8, 1))
    step = tf.function(model.train_step)
    for batch in batches(config, 60):
        step(batch)
    z = tf.random.stateless_normal([3, 512, 4], [0, 1], stddev=0.5)
    inference = model.generator.refine(z).numpy()
    training = model.generator.refine(z, training=True).numpy()
    for t in range(3):
        spread = float(training[t].std())
        assert np.abs(inference[t] - training[t]).mean() < 0.2 * spread
        assert inference[t].mean() == pytest.approx(training[t].mean(), abs=0.1 * spread)
        assert inference[t].std() == pytest.approx(spread, rel=0.1)


def test_replicas_train_as_one_device(two_replicas):
    """Two devices on halves of the batches end with the weights of one device on all of them (mlp: no batch norm)."""
    config = dataclasses.replace(SMALL, network="mlp", initializer="glorot", critic_updates=2)
    shape = (8, 8, 1)
    alone = build_model(config, shape)
    with two_replicas.scope():
        together = build_model(config, shape)
    step = tf.function(lambda batch: two_replicas.run(together.train_step, args=(batch,)))
    for batch in batches(config, 3):
        alone.train_step(batch)
        halves = [{"image": batch["image"][:, :4]}, {"image": batch["image"][:, 4:]}]
        step(two_replicas.experimental_distribute_values_from_function(
            lambda context, halves=halves: halves[context.replica_id_in_sync_group]))
    assert_same(weights(alone.generator), weights(together.generator), rtol=1e-3, atol=1e-5)
    assert_same(weights(alone.critic), weights(together.critic), rtol=1e-3, atol=1e-5)


def test_xla_gives_the_same_step(monkeypatch):
    """XLA draws other numbers from the same seeds, so that both are given these."""
    config = dataclasses.replace(SMALL, critic_updates=1, initializer="glorot", critic_initializer="he")
    z = tf.random.stateless_uniform([2, 8, 4], [0, 1], -1, 1)
    monkeypatch.setattr(AdversarialModel, "_latents", lambda self, update, purpose, rows: z)
    monkeypatch.setattr(replicas, "rows", lambda values: tf.linspace(0.0, 1.0, 8))
    batch = batches(config)[0]
    plain, compiled = (tf.function(build_model(config, (8, 8, 1)).train_step, jit_compile=jit_compile)(batch)
                       for jit_compile in (False, True))
    for name, value in plain.items():  # loosely: Adam's first step makes 1e-4 out of a rounding
        assert float(compiled[name]) == pytest.approx(float(value), rel=1e-2, abs=1e-5), name
