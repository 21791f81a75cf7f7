"""Architectures, each a module with `build_generator(config, shape)` and the parts that objectives need beside it:
`build_critic(config, shape)` for adversaries, `build_encoder(config, shape)` for likelihoods.

A generator has `generate`, `refine`, `time_steps` and `latent`; a critic takes images [B, *shape] to scores [B]. A
module whose critics are autoencoders (see `autoencoder`) says so: `CRITIC_IS_AUTOENCODER = True`. An encoder has
`infer` (see `inference`).
"""

from types import ModuleType

from wirgan_tf.networks import began, began_skip, convolutional, dcgan, draw, ebgan, mlp, mlp_autoencoder, resnet
from wirgan_tf.registry import Registry

NETWORKS: Registry[ModuleType] = Registry("network", {
    "convolutional": convolutional,
    "mlp": mlp,
    "mlp_autoencoder": mlp_autoencoder,
    "dcgan": dcgan,
    "ebgan": ebgan,
    "began": began,
    "began_skip": began_skip,
    "resnet": resnet,
    "draw": draw,
})

__all__ = ["NETWORKS"]
