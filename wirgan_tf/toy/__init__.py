"""The study of points in the plane: simWIRGAN and simGP-WIRGAN (Feng et al. 2020, section 4.3.2, Figures 4 to 6)."""

from wirgan_tf.toy.numbers import table
from wirgan_tf.toy.study import EXPERIMENTS, check_used, run

__all__ = ["EXPERIMENTS", "check_used", "run", "table"]
