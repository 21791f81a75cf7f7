import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.models.balance import ranking_accuracy
from wirgan_tf.networks.dropout import MASK_COUNT
from wirgan_tf.noise import Purpose

TINY = Config(network="mlp_autoencoder", time_steps=1, width=4, latent=3, batch_size=4, critic_updates=2,
              initializer="glorot", critic_initializer="he", penalty="clipping", objective="began",
              generator_average=0.5)
ALWAYS_CRITIC = {"critic_skip_above": 0.0}
ALWAYS_GENERATOR = {"generator_skip_below": 1.0}
NEVER = {"generator_skip_below": 1e-9}


@pytest.mark.parametrize(("real", "fake", "expected"), [
    ([1.0, 3.0], [0.0, 2.0], 3 / 4),  # 1 > 0, 3 > 0, 3 > 2, but 1 < 2
    ([5.0, 6.0], [1.0, 2.0], 1.0),
    ([1.0, 2.0], [5.0, 6.0], 0.0),
    ([1.0, 1.0], [1.0, 1.0], 0.5),  # ties count half
    ([2.0], [1.0, 2.0, 3.0, 4.0], (1 + 0.5) / 4),
])
def test_ranking_accuracy(real, fake, expected):
    assert float(ranking_accuracy(tf.constant(real), tf.constant(fake))) == expected
    assert float(ranking_accuracy(tf.exp(real), tf.exp(fake))) == expected  # any rising function of the scores


def images(seed):
    return 0.1 * tf.random.stateless_normal([2, 4, 2], [0, seed])  # small errors: this critic ranks them right


def values(variables):
    return [variable.numpy() for variable in variables]


def assert_equal(first, second):
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def trained(steps=2, **changes):
    model = build_model(TINY.replace(**changes), (2,))
    return model, [model.train_step({"image": images(step)}) for step in range(steps)]


def test_a_skipped_critic_update_changes_nothing_of_the_critic():
    model, logs = trained(steps=0, **ALWAYS_CRITIC)
    critic, generator = values(model._critic_variables), values(model.generator.trainable_variables)
    logs = model.train_step({"image": images(0)})
    assert_equal(critic, values(model._critic_variables))
    assert int(model.critics.optimizer.iterations) == 0
    assert float(model.memory["k"]) == 0.0
    assert (int(model.iteration), int(model.generators.optimizer.iterations)) == (1, 1)
    assert (float(logs["skipped_critic_updates"]), float(logs["skipped_generator_updates"])) == (2.0, 0.0)
    assert all(np.any(old != new) for old, new in
               zip(generator, values(model.generator.trainable_variables), strict=True))


def test_masks_go_on_while_the_critic_is_skipped():
    shape = (8, 8, 1)
    config = TINY.replace(network="convolutional", objective="gan", critic_dropout=0.5, **ALWAYS_CRITIC)
    model = build_model(config, shape)
    model.train_step({"image": tf.random.stateless_normal([2, 4, *shape], [0, 0])})
    drawn = [int(variable) for variable in model.critic.variables if variable.name == MASK_COUNT]
    assert drawn
    assert min(drawn) > 0
    assert int(model.critics.optimizer.iterations) == 0


def test_a_skipped_generator_update_changes_nothing_of_the_generator_and_still_counts():
    model, _ = trained(steps=0, **ALWAYS_GENERATOR)
    generator = values([*model.generator.variables, *model.average.variables, *model.generators.optimizer.variables])
    for step in range(2):
        logs = model.train_step({"image": images(step)})
    assert_equal(generator, values([*model.generator.variables, *model.average.variables,
                                    *model.generators.optimizer.variables]))
    assert int(model.generators.optimizer.iterations) == 0
    assert int(model.critics.optimizer.iterations) == 4
    assert float(logs["skipped_generator_updates"]) == 2.0
    assert int(model.iteration) == 2


def test_noise_goes_on_while_the_generator_is_skipped():
    """The iteration that noise is drawn by advances: no two updates of the critic see the same latents."""
    model, _ = trained(steps=0, **ALWAYS_GENERATOR)
    seen = set()
    for step in range(2):
        seen |= {model._stream(update).noise(Purpose.CRITIC_LATENT, model.noise, 4)["z"].numpy().tobytes()
                 for update in range(2)}
        model.train_step({"image": images(step)})
    assert len(seen) == 4


def test_a_balance_that_never_skips_is_no_balance():
    (with_balance, logs), (without, plain) = trained(**NEVER), trained()
    assert_equal(values([*with_balance.generator.variables, *with_balance._critic_variables]),
                 values([*without.generator.variables, *without._critic_variables]))
    assert set(logs[0]) - set(plain[0]) == {"skipped_critic_updates", "skipped_generator_updates"}
    assert without.balance is None


def test_each_update_is_judged_by_itself():
    """A critic that gets 0.75 and then 1.0 right is skipped in the second update at a threshold of 0.8."""
    model, _ = trained(steps=0, critic_skip_above=0.8, generator_skip_below=0.3)
    skips = [bool(model.balance.skips_critic(tf.constant(accuracy))) for accuracy in (0.75, 1.0, 0.8)]
    assert skips == [False, True, False]
    assert [bool(model.balance.skips_generator(tf.constant(accuracy))) for accuracy in (0.2, 0.3)] == [True, False]
    assert [int(value) for value in values(model.balance.state.values())] == [1, 1]


@pytest.mark.parametrize("changes", [
    {"penalty": "none", "spectral_normalization": True, "critic_skip_above": 0.55, "generator_skip_below": 0.5},
    {"penalty": "dragan"}])
def test_two_replicas_are_one_device(two_replicas, changes):
    """Halves of the batches on two devices: the same skips, k, norms and noise as on one."""
    config = TINY.replace(**{"batch_size": 8, "critic_updates": 1, **changes})
    alone = build_model(config, (2,))
    with two_replicas.scope():
        together = build_model(config, (2,))

    for number in range(3):
        batch = tf.random.stateless_normal([1, 8, 2], [1, number])
        logs = alone.train_step({"image": batch})
        halves = two_replicas.experimental_distribute_values_from_function(
            lambda context, batch=batch: {"image": tf.split(batch, 2, axis=1)[context.replica_id_in_sync_group]})
        two_replicas.run(together.train_step, args=(halves,))
    if "critic_skip_above" in changes:
        assert 0 < float(logs["skipped_critic_updates"]) + float(logs["skipped_generator_updates"]) < 6
    for mine, theirs in zip([*alone.generator.variables, *alone._critic_variables, *alone.state.values()],
                            [*together.generator.variables, *together._critic_variables, *together.state.values()],
                            strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-3, atol=1e-5, err_msg=mine.path)
        first, second = two_replicas.experimental_local_results(theirs.value)
        np.testing.assert_array_equal(first, second)
