import keras
import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.toy.critic_alone import DEVIATION, NoisyData, build_critic_alone


def test_the_first_number_chooses_the_point_and_the_others_move_it():
    points = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0], [30.0, 0.0]], np.float32)
    # quantiles of -9, -0.1, 0.1, 9: about 0, 0.46, 0.54, 1; four points: the 1st, 2nd, 3rd and 4th quarter
    z = tf.constant([[-9.0, 0.0, 0.0], [-0.1, 1.0, 0.0], [0.1, 0.0, -2.0], [9.0, 0.5, 0.5]])
    expected = points + DEVIATION * np.array([[0, 0], [1, 0], [0, -2], [0.5, 0.5]])
    np.testing.assert_allclose(NoisyData(points).draw({"z": z})["image"], expected, atol=1e-6)


def test_every_point_is_as_likely():
    points = np.array([[0.0, 0.0], [100.0, 0.0]], np.float32)
    drawn = NoisyData(points).draw({"z": tf.random.stateless_normal([20_000, 3], [0, 1])})["image"].numpy()
    right = drawn[:, 0] > 50
    assert right.mean() == pytest.approx(0.5, abs=3 * 0.5 / np.sqrt(20_000))
    assert (drawn[~right]).std(axis=0) == pytest.approx([DEVIATION, DEVIATION], rel=0.03)


def test_the_critic_alone_trains():
    points = np.random.RandomState(0).uniform(-1, 1, [50, 2]).astype(np.float32)
    config = Config(model="sim_gp_wirgan", width=4, time_steps=1, critic_updates=1, batch_size=8, dataset="swiss_roll")
    model = build_critic_alone(config, points)
    before = [variable.numpy() for variable in model.critic.trainable_variables]
    logs = model.train_step({"image": tf.constant(points[None, :8])})
    assert int(model.iteration) == 1
    assert {"critic/loss", "critic/penalty", "wasserstein"} <= set(logs)
    assert all((old != new.numpy()).any() for old, new in
               zip(before[:-1], model.critic.trainable_variables[:-1], strict=True))


def test_the_critic_alone_has_the_precision_and_the_rates_of_its_config():
    points = np.zeros([8, 2], np.float32)
    config = Config(model="sim_gp_wirgan", width=4, time_steps=1, batch_size=8, dataset="swiss_roll")
    mixed = build_critic_alone(config.replace(mixed_precision=True), points)
    assert "bfloat16" in {layer.compute_dtype for layer in mixed.critic._flatten_layers()}
    assert keras.config.dtype_policy().name == "float32"
    stalling = {"network": "mlp_autoencoder", "objective": "began", "penalty": "none",
                "learning_rate_decay": "on_stall", "stall_patience": 1}
    model = build_critic_alone(config.replace(**stalling), points)
    rate = float(model.critics.optimizer.learning_rate)
    for _ in range(6):  # equal points: the measure of convergence cannot fall for long
        model.train_step({"image": tf.constant(points[None])})
    assert float(model.critics.optimizer.learning_rate) < rate
