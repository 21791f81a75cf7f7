"""CIFAR-10, prepared by TensorFlow Datasets: 50,000 photographs for training and 10,000 for testing, 32x32x3."""

from wirgan_tf.config import Config
from wirgan_tf.data.prepared import load_into_memory
from wirgan_tf.data.source import ArraySource


def load(config: Config, split: str) -> ArraySource:
    """Decoded and held in memory. Raises `FileNotFoundError` that says how to prepare it when it is not there."""
    return load_into_memory(config, split, name="cifar10", size=32)
