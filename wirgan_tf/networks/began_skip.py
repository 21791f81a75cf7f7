"""The networks of improved BEGAN (Yin et al. 2020): BEGAN's, with skip connections in G and in D's decoder.

With them the input of each block of convolutions is added to its output. The encoder stays as it is.
"""

from wirgan_tf.networks.began import Began


class BeganSkip(Began):
    """BEGAN's networks with skip connections."""

    skip = True
