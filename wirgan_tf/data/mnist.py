"""MNIST, prepared by TensorFlow Datasets: 60,000 handwritten digits for training, 10,000 for testing, 28x28x1."""

from wirgan_tf.data.fitting import FittedStoredDataSet
from wirgan_tf.data.prepared import load_into_memory
from wirgan_tf.data.source import ArraySource


class Mnist(FittedStoredDataSet):
    """Decoded and held in memory."""

    own_size = 28

    def load(self, split: str) -> ArraySource:
        return self.fitted(load_into_memory(self.name, self.data_dir, split))
