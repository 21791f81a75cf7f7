"""Small data for each architecture: a network is added to the tests by its row here."""

from wirgan_tf.networks import NETWORKS
from wirgan_tf.parts import setting_fields

SHAPES = {"convolutional": (8, 8, 1), "mlp": (2,), "dcgan": (28, 28, 1), "ebgan": (28, 28, 1), "began": (32, 32, 1),
          "began_skip": (32, 32, 1), "resnet": (28, 28, 1), "mlp_autoencoder": (2,), "draw": (8, 8, 1),
          "unet": (16, 16, 1), "resnet_translator": (16, 16, 1), "stargan": (16, 16, 1),
          "stackgan": (16, 16, 1), "infogan": (8, 8, 1), "gran": (8, 8, 1)}
RECURRENT = ("convolutional", "gran", "mlp", "mlp_autoencoder", "resnet")  # those whose generators have an encoder
SMALL = {"width": 2, "latent": 4, "time_steps": 1, "kernel_size": 3, "initializer": "glorot",
         "critic_initializer": "glorot"}


def small_settings(network, **changes):
    """Those of `SMALL` that the network `network` has, and `changes`."""
    return {name: value for name, value in SMALL.items() if name in setting_fields(NETWORKS[network])} | changes


def small_network(network, **changes):
    """The network `network`, small."""
    return NETWORKS[network](**small_settings(network, **changes))
