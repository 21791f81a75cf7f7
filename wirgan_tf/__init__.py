"""Recurrent Wasserstein GANs: train, measure, export and sample them."""

__version__ = "0.1.0"
