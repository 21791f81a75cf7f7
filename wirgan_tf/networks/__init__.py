"""Architectures, each a module with `build_generator(config, shape)` and `build_critic(config, shape)`.

A generator has `generate`, `refine`, `time_steps` and `latent`; a critic takes images [B, *shape] to scores [B]. A
module whose critics also have `scores_and_codes` says so: `CRITIC_HAS_CODES = True`.
"""

from types import ModuleType

from wirgan_tf.networks import began, began_skip, convolutional, dcgan, ebgan, mlp, resnet
from wirgan_tf.registry import Registry

NETWORKS: Registry[ModuleType] = Registry("network", {
    "convolutional": convolutional,
    "mlp": mlp,
    "dcgan": dcgan,
    "ebgan": ebgan,
    "began": began,
    "began_skip": began_skip,
    "resnet": resnet,
})

__all__ = ["NETWORKS"]
