"""Models by name: each a whole Config, whose fields the command line may override."""

from wirgan_tf.config import Config
from wirgan_tf.registry import Registry

# Feng et al. 2020, section 3.2, Algorithm 3; hyperparameters of Gulrajani et al. 2017.
GP_WIRGAN = Config(model="gp_wirgan")
WGAN_GP = Config(model="wgan_gp", time_steps=1)

# Feng et al. 2020, section 3.1, Algorithm 2; hyperparameters of Arjovsky et al. 2017.
WIRGAN = Config(
    model="wirgan", penalty="clipping", critic_normalization="batch", optimizer="rmsprop",
    generator_learning_rate=5e-5, critic_learning_rate=5e-5)
WGAN = Config(
    model="wgan", time_steps=1, penalty="clipping", critic_normalization="batch", optimizer="rmsprop",
    generator_learning_rate=5e-5, critic_learning_rate=5e-5)

# Im et al. 2016: the sum of canvases, bounded noise and states, the original GAN's loss.
GRAN = Config(
    model="gran", objective="gan", penalty="none", critic_normalization="batch", critic_updates=1, canvas="sum",
    noise_layer=True, encoder_activation="tanh", generator_learning_rate=2e-4, critic_learning_rate=2e-4)

PRESETS = Registry("model", {preset.model: preset for preset in (GP_WIRGAN, WIRGAN, GRAN, WGAN, WGAN_GP)})
