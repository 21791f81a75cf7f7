"""Losses, one file each, and penalties on the critic."""

from collections.abc import Callable

from wirgan_tf.config import Config
from wirgan_tf.objectives.began import BoundaryEquilibrium
from wirgan_tf.objectives.ebgan import EnergyBased
from wirgan_tf.objectives.f_gan import DIVERGENCES, FDivergence
from wirgan_tf.objectives.gan import Minimax, NonSaturating
from wirgan_tf.objectives.gls_gan import GeneralizedLossSensitive
from wirgan_tf.objectives.hinge import Hinge
from wirgan_tf.objectives.ls_gan import LossSensitive
from wirgan_tf.objectives.lsgan import LeastSquares
from wirgan_tf.objectives.objective import Objective, Scores, checked_scores, checked_scores_and_codes
from wirgan_tf.objectives.penalties import PENALTIES, Penalty, build_penalty
from wirgan_tf.objectives.wgan import Wasserstein
from wirgan_tf.registry import Registry

OBJECTIVES: Registry[Callable[[Config], Objective]] = Registry("objective", {
    "wgan": lambda config: Wasserstein(),
    "gan": lambda config: NonSaturating(),
    "gan_minimax": lambda config: Minimax(),
    "lsgan": lambda config: LeastSquares(config.fake_target, config.real_target, config.generator_target),
    "f_gan": lambda config: FDivergence(config.divergence),
    "ls_gan": lambda config: LossSensitive(config.margin_weight),
    "gls_gan": lambda config: GeneralizedLossSensitive(config.slope),
    "ebgan": lambda config: EnergyBased(config.margin, config.pulling_away_weight),
    "began": lambda config: BoundaryEquilibrium(config.gamma, config.k_learning_rate),
    "hinge": lambda config: Hinge(),
})


def build_objective(config: Config) -> Objective:
    """The objective named by `config`, with its hyperparameters."""
    return OBJECTIVES[config.objective](config)


__all__ = ["DIVERGENCES", "OBJECTIVES", "PENALTIES", "Objective", "Penalty", "Scores", "build_objective",
           "build_penalty", "checked_scores", "checked_scores_and_codes"]
