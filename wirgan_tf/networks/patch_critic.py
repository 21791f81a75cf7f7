"""Critics that judge patches of an image (Isola et al. 2017, arXiv 1611.07004, appendix 6.1.2)."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from wirgan_tf.networks.activations import leaky_relu
from wirgan_tf.networks.critic import Critic
from wirgan_tf.networks.layers import Layers
from wirgan_tf.networks.network import check_built
from wirgan_tf.networks.passes import INFERENCE, Pass

PATCHES = {1: 0, 16: 1, 34: 2, 70: 3, 142: 4, 286: 5}  # strided convolutions for each receptive field
LARGEST_BY_DEFAULT = 70
_SLOPE = 0.2
_MOST_WIDENING = 8


class PatchCritic(Critic):
    """D: images [B, H, W, C] -> scores float32 [B, P], one for each patch; [B] if there is a single patch.

    Convolutions with LeakyReLU, then one whose outputs are the scores.

    Args:
      convolutions: each with its normalisation, or None.
      to_score: the last convolution, of one channel.
      slope: of LeakyReLU below 0.
    """

    def __init__(self, convolutions: Sequence[tuple[keras.layers.Layer, keras.layers.Layer | None]],
                 to_score: keras.layers.Layer, *, slope: float = _SLOPE, name: str = "critic"):
        super().__init__(name=name)
        self.convolutions = [convolution for convolution, _ in convolutions]
        self.norms = [norm for _, norm in convolutions]
        self.to_score = to_score
        self.slope = slope

    def call(self, images, run: Pass = INFERENCE):
        return self._scores_of(self._trunk(images, run), run)

    def scores_and_features(self, images, run: Pass = INFERENCE) -> tuple[tf.Tensor, tf.Tensor]:
        """Scores, and the maps before the last convolution as one vector per image, float32 [B, k]."""
        maps = self._trunk(images, run)
        features = tf.reshape(maps, [-1, maps.shape[1:].num_elements()])
        return self._scores_of(maps, run), tf.cast(features, tf.float32)

    def _trunk(self, images, run: Pass):
        maps = images
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            maps = convolution(maps, training=run.tracking)
            if norm is not None:
                maps = norm(maps, run=run)
            maps = leaky_relu(maps, self.slope)
        return maps

    def _scores_of(self, maps, run: Pass):
        scores = self.to_score(maps, training=run.tracking)
        patches = scores.shape[1] * scores.shape[2]
        return tf.reshape(scores, [-1] if patches == 1 else [-1, patches])



def patch_critic(patch: int, width: int, layers: Layers, shape: tuple[int, ...], *, name: str) -> PatchCritic:
    """The built critic of patches of `patch` x `patch` pixels.

    n 4x4 convolutions of stride 2, of width, 2 width, ..., at most 8 width channels, one of stride 1, and the scores:
    n = 1, ..., 5 for 16, 34, 70, 142, 286. For single pixels, two 1x1 convolutions and the scores. All but the first
    are normalised.

    Args:
      patch: one of `PATCHES`; 0: 70, or the largest below it of which an image has more than one.
      width: channels of the first convolution.
      layers: of 4x4 convolutions.
      shape: of the images, [H, W, C].

    Raises: `ValueError` for images that are too small for such patches.
    """
    halvings = PATCHES[patch or _largest(shape)]
    if patch > 1 and _patches(shape, halvings) < 1:
        raise ValueError(f"patch={patch} needs images of {3 * 2**halvings}x{3 * 2**halvings} or larger, the data has "
                         f"{shape[0]}x{shape[1]}; use a smaller patch, or 0 for the largest that fits")
    kernel_size, halved = (4, halvings) if halvings else (1, 1)
    convolutions = []
    for level in range(halved + 1):
        strides = 2 if level < halvings else 1
        convolution = layers.padded_convolution(f"convolution_{level}", width * min(2**level, _MOST_WIDENING),
                                                kernel_size, strides=strides)
        convolutions.append((convolution, layers.norm(f"norm_{level}") if level else None))
    to_score = layers.padded_convolution("to_score", 1, kernel_size, dtype="float32")
    return check_built(PatchCritic(convolutions, to_score, name=name), shape)


def _patches(shape: tuple[int, ...], halvings: int) -> int:
    """How many patches there are along the shorter side: each of two 4x4 convolutions takes one away."""
    return min(shape[:2]) // 2**halvings - 2


def _largest(shape: tuple[int, ...]) -> int:
    fitting = [patch for patch, halvings in PATCHES.items() if _patches(shape, halvings) > 1]
    return max((patch for patch in fitting if patch <= LARGEST_BY_DEFAULT), default=1)
