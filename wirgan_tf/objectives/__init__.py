"""Losses, one file each, and penalties on the critic."""

from wirgan_tf.objectives.began import BoundaryEquilibrium
from wirgan_tf.objectives.ebgan import EnergyBased
from wirgan_tf.objectives.f_gan import DIVERGENCES, FDivergence
from wirgan_tf.objectives.gan import Minimax, NonSaturating
from wirgan_tf.objectives.gls_gan import GeneralizedLossSensitive
from wirgan_tf.objectives.hinge import Hinge
from wirgan_tf.objectives.ls_gan import LossSensitive
from wirgan_tf.objectives.lsgan import LeastSquares
from wirgan_tf.objectives.objective import Objective, Scores, check_features, check_scores, image_scores
from wirgan_tf.objectives.penalties import PENALTIES, Penalty
from wirgan_tf.objectives.relativistic import Relativistic
from wirgan_tf.objectives.relativistic_average import RelativisticAverage
from wirgan_tf.objectives.wgan import Wasserstein
from wirgan_tf.parts import PartRegistry

OBJECTIVES: PartRegistry[type[Objective]] = PartRegistry("objective", {
    "wgan": Wasserstein,
    "gan": NonSaturating,
    "gan_minimax": Minimax,
    "lsgan": LeastSquares,
    "f_gan": FDivergence,
    "ls_gan": LossSensitive,
    "gls_gan": GeneralizedLossSensitive,
    "ebgan": EnergyBased,
    "began": BoundaryEquilibrium,
    "hinge": Hinge,
    "relativistic": Relativistic,
    "relativistic_average": RelativisticAverage,
})

__all__ = ["DIVERGENCES", "OBJECTIVES", "PENALTIES", "Objective", "Penalty", "Scores", "check_features", "check_scores",
           "image_scores"]
