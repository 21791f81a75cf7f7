"""Losses, one file each, and penalties on the critic."""

from wirgan_tf.objectives.gan import Minimax, NonSaturating
from wirgan_tf.objectives.objective import Objective, Scores, checked_scores
from wirgan_tf.objectives.penalties import PENALTIES, Penalty, build_penalty
from wirgan_tf.objectives.wgan import Wasserstein
from wirgan_tf.registry import Registry

OBJECTIVES: Registry[type[Objective]] = Registry("objective", {
    "wgan": Wasserstein,
    "gan": NonSaturating,
    "gan_minimax": Minimax,
})

__all__ = ["OBJECTIVES", "PENALTIES", "Objective", "Penalty", "Scores", "build_penalty", "checked_scores"]
