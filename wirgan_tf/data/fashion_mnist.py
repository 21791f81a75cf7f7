"""Fashion-MNIST, prepared by TensorFlow Datasets: 60,000 pictures for training, 10,000 for testing, 28x28x1."""

from wirgan_tf.config import Config
from wirgan_tf.data.prepared import load_into_memory
from wirgan_tf.data.source import ArraySource


def load(config: Config, split: str) -> ArraySource:
    """Decoded and held in memory. Raises `FileNotFoundError` that says how to prepare it when it is not there."""
    return load_into_memory(config, split, name="fashion_mnist", size=28)
