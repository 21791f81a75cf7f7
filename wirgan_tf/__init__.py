"""Recurrent Wasserstein GANs: train, measure, export and sample them."""

from wirgan_tf import environment as _environment

__version__ = "0.1.0"

_environment.prepare()
