"""Multiply-adds of networks and of training steps, counted on paper.

A pass through a layer costs one multiply-add for each kernel weight at each place where it is applied; its gradients
with respect to kernel and input cost as much each.
"""

import math
from typing import NamedTuple

from wirgan_tf.config import Config
from wirgan_tf.networks.convolutional import channel_levels
from wirgan_tf.objectives.penalties import R1R2, GradientPenalty, Penalty

_HIDDEN_LAYERS = 3  # of the mlp network


class Passes(NamedTuple):
    """Multiply-adds of one sample's way through decoder f, encoder g and critic D."""

    decoder: int
    encoder: int
    critic: int


def passes(config: Config, shape: tuple[int, ...]) -> Passes:
    """For the convolutional networks with images [H, W, C], or the mlp network with points."""
    width, latent = config.network.width, config.network.latent
    if config.network.name == "mlp":
        size, hidden = math.prod(shape), (_HIDDEN_LAYERS - 1) * width**2
        return Passes(decoder=(2 * latent + size) * width + hidden, encoder=(size + latent) * width + hidden,
                      critic=(size + 1) * width + hidden)
    channels = [shape[-1], *channel_levels(shape, width)]
    sides = [shape[0] // 2 ** (level + 1) for level in range(len(channels) - 1)]
    convolutions = sum(side**2 * config.network.kernel_size**2 * before * after
                       for side, before, after in zip(sides, channels[:-1], channels[1:], strict=True))
    flat = sides[-1] ** 2 * channels[-1]
    return Passes(convolutions + 2 * latent * flat, convolutions + latent * flat, convolutions + flat)


def draw(config: Config, shape: tuple[int, ...]) -> int:
    """One image of all T steps."""
    cost = passes(config, shape)
    return config.network.time_steps * cost.decoder + (config.network.time_steps - 1) * cost.encoder


def update(config: Config, shape: tuple[int, ...]) -> int:
    """One generator update, with a gradient penalty without the second derivatives that are 0.

    A critic update draws a batch, passes two batches through the critic, and takes the losses' gradients of both with
    respect to weights and features (two passes each); a gradient penalty passes a third batch, takes its gradient with
    respect to the images, and goes back through that chain (two passes). The generator's update has a pass (two with
    recomputation) and two gradients of the generator, and a pass and one gradient of the critic.
    """
    cost = passes(config, shape)
    image = draw(config, shape)
    penalty = penalised_batches(config.penalty) * (1 + 1 + 2) * cost.critic
    critic_update = image + (2 + 4) * cost.critic + penalty
    generator_passes = 4 if config.network.recompute else 3
    generator_update = generator_passes * image + 2 * cost.critic
    return config.batch_size * (config.family.critic_updates * critic_update + generator_update)


def penalised_batches(penalty: Penalty) -> int:
    """Batches of images at which a penalty takes the critic's gradient."""
    return 2 if isinstance(penalty, R1R2) else int(isinstance(penalty, GradientPenalty))
