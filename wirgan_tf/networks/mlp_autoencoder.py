"""The mlp network with an autoencoder as the critic: EBGAN and BEGAN on points in the plane.

Both halves of the autoencoder are stacks like the mlp network's others; a code has `latent` numbers. The deviation is
BEGAN's, the mean of |x - D(x)| over a point's coordinates.
"""

import tensorflow as tf

from wirgan_tf.networks.autoencoder import AutoencoderCritic
from wirgan_tf.networks.mlp import PerceptronDecoder, PerceptronSettings
from wirgan_tf.networks.network import AutoencoderNetwork, check_built


class MlpAutoencoder(PerceptronSettings, AutoencoderNetwork):
    """Fully connected generator and autoencoder, for the energies of Zhao et al. 2016 and Berthelot et al. 2017."""

    def build_critic(self, shape: tuple[int, ...], seed: int) -> AutoencoderCritic:
        """The built critic of points or images of `shape`."""
        layers = self.critic_layers(seed)
        critic = AutoencoderCritic(
            PerceptronDecoder((self.latent,), self.width, layers, "linear", name="encoder"),
            PerceptronDecoder(shape, self.width, layers, "linear", name="decoder"), tf.abs)
        return check_built(critic, shape)
