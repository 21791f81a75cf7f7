"""The networks of improved BEGAN (Yin et al. 2020): BEGAN's, with skip connections in G and in D's decoder.

There the input of each block of convolutions is added to its output. The encoder stays as it is.
"""

from wirgan_tf.config import Config
from wirgan_tf.networks import began, recurrent
from wirgan_tf.networks.autoencoder import AutoencoderCritic

CRITIC_IS_AUTOENCODER = True


def build_generator(config: Config, shape: tuple[int, ...]) -> recurrent.RecurrentGenerator:
    """As `began.build_generator`, with skip connections."""
    return began.build_generator(config, shape, skip=True)


def build_critic(config: Config, shape: tuple[int, ...]) -> AutoencoderCritic:
    """As `began.build_critic`, with skip connections in the decoder."""
    return began.build_critic(config, shape, skip=True)
