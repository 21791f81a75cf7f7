import keras
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.models.schedules import HalvingOnStall


def test_rates_are_halved_when_a_mean_is_not_below_all_before_it():
    """Means of two: 3, 2 (lower), 2 (not lower), 2.5 (not lower), 1.5 (lower)."""
    optimizers = [keras.optimizers.Adam(rate) for rate in (0.004, 0.001)]
    halving = HalvingOnStall(2, optimizers)
    rates = []
    for iteration, measure in enumerate([4, 2, 1, 3, 2, 2, 1, 4, 1, 2], start=1):
        halving.after_generator_update(tf.constant(iteration), tf.constant(measure, tf.float32))
        rates.append(float(optimizers[1].learning_rate) * 1000)
    assert rates == pytest.approx([1, 1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25])
    assert float(optimizers[0].learning_rate) == pytest.approx(0.001)  # four times the other, as before


def test_it_watches_the_objectives_convergence_measure():
    config = Config(network="mlp_autoencoder", time_steps=1, width=4, latent=3, batch_size=4, critic_updates=1,
                    penalty="none", objective="began", learning_rate_decay="on_stall", stall_patience=1,
                    critic_learning_rate=4e-4)
    model = build_model(config, (2,))
    model.halving._lowest.assign(-1e9)  # nothing is below that
    model.train_step({"image": tf.random.stateless_normal([1, 4, 2], [0, 1])})
    assert float(model.critics.optimizer.learning_rate) == pytest.approx(2e-4)
    assert float(model.generators.optimizer.learning_rate) == pytest.approx(0.5e-4)
    with pytest.raises(ValueError, match="objective=wgan does not have; use objective=began"):
        Config(learning_rate_decay="on_stall")
