import keras
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.models.schedules import HalvingOnStall

BEGAN = Config(network="mlp_autoencoder", time_steps=1, width=4, latent=3, batch_size=4, critic_updates=1,
               penalty="none", objective="began", learning_rate_decay="on_stall", stall_patience=1)


def test_rates_are_halved_when_a_mean_is_not_below_all_before_it():
    """Means of two: 3, 2 (lower), 2 (not lower), 2.5 (not lower), 1.5 (lower)."""
    optimizers = [keras.optimizers.Adam(rate) for rate in (0.004, 0.001)]
    halving = HalvingOnStall(2, optimizers)
    rates = []
    for measure in [4, 2, 1, 3, 2, 2, 1, 4, 1, 2]:
        halving.after_generator_update(tf.constant(measure, tf.float32), tf.constant(True))
        rates.append(float(optimizers[1].learning_rate) * 1000)
    assert rates == pytest.approx([1, 1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25])
    assert float(optimizers[0].learning_rate) == pytest.approx(0.001)  # four times the other, as before


def test_an_update_that_was_not_measured_is_not_counted():
    """Means of two: 3 and, without the two updates between its own, 2 (lower)."""
    optimizer = keras.optimizers.Adam(0.001)
    halving = HalvingOnStall(2, [optimizer])
    for measure, measured in [(0, False), (0, False), (4, True), (2, True), (2, False), (2, True), (9, False),
                              (2, True)]:
        halving.after_generator_update(tf.constant(measure, tf.float32), tf.constant(measured))
    assert float(optimizer.learning_rate) == pytest.approx(0.001)
    assert {name: float(variable.numpy()) for name, variable in halving.state.items()} == {
        "stall_count": 0.0, "stall_sum": 0.0, "stall_lowest": 2.0}


@pytest.mark.parametrize(("balance", "halvings"), [
    ({"critic_skip_above": 0.0}, 0),
    ({"generator_skip_below": 1e-9}, 1)])
def test_skipped_critic_updates_are_no_stall(balance, halvings):
    """The first balance skips the critic's update, so that the measure is still what it began with; the second none."""
    model = build_model(BEGAN.replace(initializer="glorot", critic_initializer="he", **balance), (2,))
    model.halving._lowest.assign(-1e9)  # nothing is below that
    model.train_step({"image": 0.1 * tf.random.stateless_normal([1, 4, 2], [0, 0])})
    assert int(model.balance.skipped_critic) == 1 - halvings
    assert float(model.generators.optimizer.learning_rate) == pytest.approx(1e-4 / 2**halvings)


def test_it_watches_the_objectives_convergence_measure():
    model = build_model(BEGAN.replace(critic_learning_rate=4e-4), (2,))
    model.halving._lowest.assign(-1e9)  # nothing is below that
    model.train_step({"image": tf.random.stateless_normal([1, 4, 2], [0, 1])})
    assert float(model.critics.optimizer.learning_rate) == pytest.approx(2e-4)
    assert float(model.generators.optimizer.learning_rate) == pytest.approx(0.5e-4)
    with pytest.raises(ValueError, match="objective=wgan does not have; use objective=began"):
        Config(learning_rate_decay="on_stall")
