import collections

import numpy as np
import pytest
import tensorflow as tf

from tests.models.small_batches import assert_same, batches, of_update, weights
from tests.networks.shapes import SHAPES
from wirgan_tf.config import Config
from wirgan_tf.models import AdversarialModel, build_model
from wirgan_tf.models.adversarial import Adversarial
from wirgan_tf.networks.passes import TRAINING, TRAINING_UNTRACKED
from wirgan_tf.noise import Purpose, Stream
from wirgan_tf.objectives.penalties import SlopePenalty
from wirgan_tf.objectives.relativistic import Relativistic
from wirgan_tf.presets import PRESETS

SMALL = Config(width=2, latent=4, batch_size=8, critic_updates=2, time_steps=2, seed=5)
ADVERSARIAL = [name for name in PRESETS if Config(model=name).family.name == "adversarial"]


@pytest.mark.parametrize("model", ADVERSARIAL)
def test_schedule_by_counters(model):
    config = Config(model=model, width=2, latent=4, batch_size=4, critic_updates=3)
    shape = SHAPES[config.network.name]
    built = build_model(config, shape)
    logs = built.train_step({"image": tf.random.stateless_uniform([3, 4, *shape], [0, 1], -1.0, 1.0)})
    assert int(built.iteration) == 1
    assert int(built.critics.optimizer.iterations) == 3
    assert all(np.isfinite(float(value)) for value in logs.values())
    assert {"critic/loss", "critic/objective", "critic/accuracy", "critic/gradient_norm", "generator/loss",
            "generator/objective", "generator/gradient_norm", "wasserstein"} <= set(logs)
    assert ("critic/penalty" in logs) == isinstance(config.penalty, SlopePenalty)
    penalty = float(logs.get("critic/penalty", 0.0))
    assert float(logs["critic/loss"]) == pytest.approx(float(logs["critic/objective"]) + penalty, rel=1e-5, abs=1e-6)
    assert float(logs["generator/loss"]) == float(logs["generator/objective"])


def test_each_player_changes_its_own_variables():
    model = build_model(SMALL, (8, 8, 1))
    batch = batches(SMALL)[0]
    generator = [variable.numpy() for variable in model.generator.trainable_variables]
    critic = weights(model.critic)
    model.update_critics(tf.constant(0, tf.int64), of_update(batch, 0))
    assert_same(generator, model.generator.trainable_variables, rtol=0)
    changed = [np.any(before != after) for before, after in zip(critic, weights(model.critic), strict=True)]
    assert changed == [True] * (len(critic) - 1) + [False]  # the last bias cancels in E[r] - E[s]
    critic = weights(model.critic)
    model.update_generators(of_update(batch, 0), tf.constant(0.5))
    assert_same(critic, weights(model.critic), rtol=0)
    assert all(np.any(before != after.numpy())
               for before, after in zip(generator, model.generator.trainable_variables, strict=True))


def test_the_generators_update_leaves_the_critics_statistics_alone():
    model = build_model(SMALL.replace(penalty="clipping", critic_normalization="batch"), (8, 8, 1))
    batch = of_update(batches(SMALL)[0], 0)
    model.update_critics(tf.constant(0, tf.int64), batch)
    statistics = [variable.numpy() for variable in model.critic.non_trainable_variables]
    assert any(np.any(statistic != initial) for statistic, initial in zip(statistics, (0.0, 1.0), strict=True))
    model.update_generators(batch, tf.constant(0.5))
    assert_same(statistics, model.critic.non_trainable_variables, rtol=0)


@pytest.mark.parametrize("network", ["convolutional", "mlp"])
def test_loop_in_the_graph_is_the_updates_in_turn(network):
    """The mlp network's images for all of them are drawn in one call; batch normalisation keeps batches apart."""
    config = SMALL.replace(critic_updates=3, network=network)
    looped, in_turn = build_model(config, (8, 8, 1)), build_model(config, (8, 8, 1))
    batch = batches(config)[0]
    tf.function(looped.train_step)(batch)
    for update in range(3):
        in_turn.update_critics(tf.constant(update, tf.int64), of_update(batch, update))
    in_turn.update_generators(of_update(batch, -1), tf.constant(0.5))
    assert looped.independent_samples == (network == "mlp")
    assert_same(weights(looped), weights(in_turn), rtol=1e-4, atol=1e-6)


def test_batches_for_another_number_of_updates_are_refused():
    with pytest.raises(ValueError, match=r"expected \[2, B, ...\]"):
        build_model(SMALL, (8, 8, 1)).train_step({"image": tf.zeros([3, 8, 8, 8, 1])})


def test_runs_repeat_bit_for_bit_and_seeds_differ():
    results = []
    for seed in (1, 1, 2):
        config = SMALL.replace(seed=seed)
        model = build_model(config, (8, 8, 1))
        step = tf.function(model.train_step) if seed == 1 else model.train_step
        for batch in batches(config, 2):
            step(batch)
        results.append(weights(model))
    assert_same(results[0], results[1], rtol=0)
    assert any(np.any(mine != other) for mine, other in zip(results[0], results[2], strict=True))


def test_a_step_draws_each_noise_once():
    """Every critic update, the generator's update and every iteration have noise of their own."""
    model = build_model(SMALL, (8, 8, 1))
    seen = []
    for _ in range(2):
        for update in range(2):
            for purpose in (Purpose.CRITIC_LATENT, Purpose.GENERATOR_LATENT):
                seen.append(model._stream(update).noise(purpose, model.noise, 8)["z"].numpy())
        model.generators.optimizer.iterations.assign_add(1)
    assert len({values.tobytes() for values in seen}) == len(seen)


def test_model_fit():
    model = build_model(SMALL, (8, 8, 1))
    history = model.fit(tf.data.Dataset.from_tensor_slices(
        {"image": np.stack([batch["image"] for batch in batches(SMALL, 3)])}), epochs=2, verbose=0)
    assert int(model.iteration) == 6
    assert len(history.history["wasserstein"]) == 2


def test_inference_statistics_match_training():
    """A batch sampled in inference mode is close to one of the same noise in training mode, at every time step."""
    config = SMALL.replace(time_steps=3, width=8, batch_size=64, critic_updates=5, initializer="glorot",
                           critic_initializer="he", generator_learning_rate=1e-3, critic_learning_rate=1e-3)
    model = build_model(config, (8, 8, 1))
    step = tf.function(model.train_step)
    for batch in batches(config, 60):
        step(batch)
    z = tf.random.stateless_normal([3, 512, 4], [0, 1], stddev=0.5)
    inference = model.generator.draw({"z": z})["canvases"].numpy()
    training = model.generator.draw({"z": z}, TRAINING)["canvases"].numpy()
    for t in range(3):
        spread = float(training[t].std())
        assert np.abs(inference[t] - training[t]).mean() < 0.2 * spread
        assert inference[t].mean() == pytest.approx(training[t].mean(), abs=0.1 * spread)
        assert inference[t].std() == pytest.approx(spread, rel=0.1)


def test_replicas_train_as_one_device(two_replicas):
    """Two devices on halves of the batches end with the weights of one device on all of them (mlp: no batch norm).

    The norms they show are those of the joint batch's gradient.
    """
    config = SMALL.replace(network="mlp", initializer="glorot", critic_updates=2)
    shape = (8, 8, 1)
    alone = build_model(config, shape)
    with two_replicas.scope():
        together = build_model(config, shape)
    step = tf.function(lambda batch: two_replicas.run(together.train_step, args=(batch,)))
    for batch in batches(config, 3):
        logs = alone.train_step(batch)
        halves = [{"image": batch["image"][:, :4]}, {"image": batch["image"][:, 4:]}]
        joint = step(two_replicas.experimental_distribute_values_from_function(
            lambda context, halves=halves: halves[context.replica_id_in_sync_group]))
        for name in ("critic/gradient_norm", "generator/gradient_norm"):
            norms = [float(norm) for norm in two_replicas.experimental_local_results(joint[name])]
            assert norms == pytest.approx([float(logs[name])] * 2, rel=1e-3), name
    assert_same(weights(alone.generator), weights(together.generator), rtol=1e-3, atol=1e-5)
    assert_same(weights(alone.critic), weights(together.critic), rtol=1e-3, atol=1e-5)


def test_xla_gives_the_same_step(monkeypatch):
    """XLA draws other numbers from the same seeds, so that both are given these."""
    config = SMALL.replace(critic_updates=1, initializer="glorot", critic_initializer="he")
    z = tf.random.stateless_uniform([2, 8, 4], [0, 1], -1, 1)
    monkeypatch.setattr(Stream, "noise", lambda self, purpose, entries, rows: {"z": z})
    monkeypatch.setattr(Stream, "uniform", lambda self, purpose, shape: tf.linspace(0.0, 1.0, 8))
    batch = batches(config)[0]
    plain, compiled = (tf.function(build_model(config, (8, 8, 1)).train_step, jit_compile=jit_compile)(batch)
                       for jit_compile in (False, True))
    for name, value in plain.items():  # loosely: Adam's first step makes 1e-4 out of a rounding
        assert float(compiled[name]) == pytest.approx(float(value), rel=1e-2, abs=1e-5), name


def test_the_operations_of_an_update_are_tensorflows_own_on_every_device():
    """A GPU runs none that were chosen for a CPU: what a device is best at, its own libraries choose."""
    config = SMALL.replace(critic_updates=1)
    counts = {}
    for device in ("/CPU:0", "/GPU:0"):
        model = build_model(config, (8, 8, 1))

        @tf.function(autograph=False)
        def update(batch, model=model, device=device):
            with tf.device(device):
                return model.train_step(batch)

        graph = update.get_concrete_function({"image": tf.TensorSpec([1, 8, 8, 8, 1])}).graph
        definition = graph.as_graph_def()
        nodes = [*definition.node, *(node for function in definition.library.function for node in function.node_def)]
        counts[device] = collections.Counter(node.op for node in nodes)
        assert any(node.device.endswith("GPU:0") for node in nodes) == (device == "/GPU:0")
    assert counts["/CPU:0"] == counts["/GPU:0"]
    assert {op for op in counts["/GPU:0"] if "Conv" in op} == {"Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"}
    assert not {"DepthToSpace", "SpaceToDepth", "SpaceToBatchND", "BatchToSpaceND", "ExtractImagePatches"} & set(
        counts["/GPU:0"])


class DriftingModel(AdversarialModel):
    """With one more term of the critic's loss, which keeps the scores of real images near 0 (Karras et al. 2018)."""

    def critic_terms(self, real, fake, scores, stream):
        drift = 0.5 * tf.reduce_mean(tf.square(scores["critic"].real))
        return super().critic_terms(real, fake, scores, stream) | {"drift": drift}


def test_every_term_of_a_loss_is_logged_by_its_name(monkeypatch):
    config = SMALL.replace(network="mlp", critic_initializer="he")
    plain = build_model(config, (8, 8, 1))
    monkeypatch.setattr(Adversarial, "model_class", DriftingModel)
    model, batch = build_model(config, (8, 8, 1)), batches(config)[0]
    expected, logs = plain.train_step(batch), tf.function(model.train_step)(batch)
    assert set(logs) - set(expected) == {"critic/drift"}
    assert float(logs["critic/drift"]) > 0.0
    terms = [float(logs[f"critic/{name}"]) for name in ("objective", "penalty", "drift")]
    assert float(logs["critic/loss"]) == pytest.approx(sum(terms), rel=1e-5)


def test_the_logs_of_the_critic_are_means_over_its_updates():
    config = SMALL.replace(network="mlp", critic_initializer="he")
    model, in_turn = build_model(config, (8, 8, 1)), build_model(config, (8, 8, 1))
    batch = batches(config)[0]
    logs = model.train_step(batch)
    turns = [in_turn.update_critics(tf.constant(update, tf.int64), of_update(batch, update)) for update in range(2)]
    for name in turns[0]:
        assert float(logs[name]) == pytest.approx(np.mean([float(turn[name]) for turn in turns]), rel=1e-4), name


def test_the_relativistic_generator_is_given_the_critics_last_real_images(monkeypatch):
    seen, loss = [], Relativistic.generator_loss
    monkeypatch.setattr(Relativistic, "generator_loss", lambda self, scores: seen.append(scores) or loss(self, scores))
    model = build_model(SMALL.replace(objective="relativistic", penalty="r1_r2"), (8, 8, 1))
    batch = batches(SMALL)[0]
    model.train_step(batch)
    (scores,) = seen
    assert np.any(batch["image"][0] != batch["image"][1])
    np.testing.assert_array_equal(scores.real_data, batch["image"][1])
    np.testing.assert_allclose(scores.real, model.critic(batch["image"][1], run=TRAINING_UNTRACKED), rtol=1e-5)
    assert scores.fake_data.shape == scores.real_data.shape


def test_other_objectives_need_no_real_images_in_the_generators_update():
    model = build_model(SMALL, (8, 8, 1))
    scores = model.generator_scores({"image": None}, {"image": batches(SMALL)[0]["image"][0]})["critic"]
    assert (scores.real, scores.real_data) == (None, None)


def test_what_is_remembered_is_saved_with_the_weights(tmp_path):
    """By Keras' own files: k and the convergence of BEGAN, the skips that were counted, the sums of the halving."""
    config = Config(network="mlp_autoencoder", time_steps=1, width=4, latent=3, batch_size=4, critic_updates=2,
                    penalty="none", objective="began", learning_rate_decay="on_stall", stall_patience=2,
                    critic_skip_above=0.9, generator_skip_below=0.2, generator_average=0.5)
    model, other = build_model(config, (2,)), build_model(config.replace(seed=1), (2,))
    for step in range(3):
        model.train_step({"image": tf.random.stateless_normal([2, 4, 2], [0, step])})
    model.balance.skipped_generator.assign(7)
    assert set(model.state) == {"k", "convergence", "skipped_critic_updates", "skipped_generator_updates",
                                "stall_count", "stall_sum", "stall_lowest"}
    assert all(np.any(mine.numpy() != theirs.numpy()) for mine, theirs in
               zip(model.state.values(), other.state.values(), strict=True) if mine.name != "skipped_critic_updates")
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    for part in ("state", "generator", "critic", "average"):
        mine, theirs = (list(getattr(each, part).values()) if part == "state" else getattr(each, part).variables
                        for each in (model, other))
        assert_same(mine, theirs, rtol=0)
