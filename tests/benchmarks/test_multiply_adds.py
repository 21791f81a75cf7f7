import multiply_adds

from wirgan_tf.config import Config

# 8x8x1 at width 2: 5x5 convolutions 1 -> 2 on a 4x4 map and 2 -> 4 on a 2x2 map, 2 x 800; that map's 16 numbers meet
# z and h (3 each) in the decoder, h (3) in the encoder, the score in the critic.
CONFIG = Config(width=2, kernel_size=5, latent=3, time_steps=2, batch_size=1, critic_updates=1)
DECODER, ENCODER, CRITIC = 1600 + 96, 1600 + 48, 1600 + 16


def test_passes():
    assert multiply_adds.passes(CONFIG, (8, 8, 1)) == (DECODER, ENCODER, CRITIC)


def test_an_update():
    draw = 2 * DECODER + ENCODER
    assert multiply_adds.draw(CONFIG, (8, 8, 1)) == draw
    expected = draw + 10 * CRITIC + 3 * draw + 2 * CRITIC
    assert multiply_adds.update(CONFIG, (8, 8, 1)) == expected
    larger = CONFIG.replace(batch_size=7, critic_updates=5)
    assert multiply_adds.update(larger, (8, 8, 1)) == 7 * (expected + 4 * (draw + 10 * CRITIC))
    clipped = CONFIG.replace(penalty="clipping")
    assert multiply_adds.update(clipped, (8, 8, 1)) == expected - 4 * CRITIC
    twice = CONFIG.replace(penalty="r1_r2")
    assert multiply_adds.update(twice, (8, 8, 1)) == expected + 4 * CRITIC
    recomputed = CONFIG.replace(recompute=True)
    assert multiply_adds.update(recomputed, (8, 8, 1)) == expected + draw


def test_points():
    """Two products of 4x4 between layers of 4 units, and from 2 + 2 or 2 inputs to 2 outputs or 1."""
    config = CONFIG.replace(network="mlp", width=4, latent=2)
    assert multiply_adds.passes(config, (2,)) == (32 + 4 * 4 + 2 * 4, 32 + 2 * 4 + 2 * 4, 32 + 2 * 4 + 4)
