"""CIFAR-10, prepared by TensorFlow Datasets: 50,000 photographs for training and 10,000 for testing, 32x32x3."""

from wirgan_tf.data.fitting import FittedStoredDataSet
from wirgan_tf.data.prepared import load_into_memory
from wirgan_tf.data.source import ArraySource


class Cifar10(FittedStoredDataSet):
    """Decoded and held in memory."""

    own_size = 32

    def load(self, split: str) -> ArraySource:
        return self.fitted(load_into_memory(self.name, self.data_dir, split))
