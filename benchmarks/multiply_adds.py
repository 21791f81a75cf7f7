"""Multiply-adds of networks and of training steps, counted on paper.

A pass through a layer costs one multiply-add for each kernel weight at each place where it is applied; its gradients
with respect to kernel and input cost as much each.
"""

import math
from typing import NamedTuple

from wirgan_tf.config import GRADIENT_PENALTIES, Config
from wirgan_tf.networks.convolutional import channel_levels

_HIDDEN_LAYERS = 3  # of the mlp network


class Passes(NamedTuple):
    """Multiply-adds of one sample's way through decoder f, encoder g and critic D."""

    decoder: int
    encoder: int
    critic: int


def passes(config: Config, shape: tuple[int, ...]) -> Passes:
    """For the convolutional networks with images [H, W, C], or the mlp network with points."""
    if config.network == "mlp":
        size, hidden = math.prod(shape), (_HIDDEN_LAYERS - 1) * config.width**2
        return Passes(decoder=(2 * config.latent + size) * config.width + hidden,
                      encoder=(size + config.latent) * config.width + hidden, critic=(size + 1) * config.width + hidden)
    channels = [shape[-1], *channel_levels(shape, config.width)]
    sides = [shape[0] // 2 ** (level + 1) for level in range(len(channels) - 1)]
    convolutions = sum(side**2 * config.kernel_size**2 * before * after
                       for side, before, after in zip(sides, channels[:-1], channels[1:], strict=True))
    flat = sides[-1] ** 2 * channels[-1]
    return Passes(convolutions + 2 * config.latent * flat, convolutions + config.latent * flat, convolutions + flat)


def draw(config: Config, shape: tuple[int, ...]) -> int:
    """One image of all T steps."""
    cost = passes(config, shape)
    return config.time_steps * cost.decoder + (config.time_steps - 1) * cost.encoder


def update(config: Config, shape: tuple[int, ...]) -> int:
    """One generator update, a gradient penalty without the second derivatives that are 0.

    A critic update draws a batch, passes two batches through the critic, and the losses' gradients of both to weights
    and features (two passes each); a gradient penalty passes a third batch, its gradient to the images, and back
    through that chain (two passes). The generator's update has a pass (two with recomputation) and two gradients of the
    generator, a pass and one gradient of the critic.
    """
    cost = passes(config, shape)
    image = draw(config, shape)
    penalty = (1 + 1 + 2) * cost.critic if config.penalty in GRADIENT_PENALTIES else 0
    critic_update = image + (2 + 4) * cost.critic + penalty
    generator_passes = 4 if config.recompute else 3
    return config.batch_size * (config.critic_updates * critic_update + generator_passes * image + 2 * cost.critic)
