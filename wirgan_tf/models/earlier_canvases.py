"""Training on earlier canvases: some of the images that are judged are shown as they stood before the last time step.

The GP-WIRGAN paper's losses depend on dC_T alone, so nothing makes the canvases before it look like anything. Here the
losses are weighted sums over all canvases,

    (1 - s) L(dC_T) + s / (T - 1) (L(dC_1) + ... + L(dC_{T-1})),

where a loss is a mean over the batch: each sample's canvas is drawn with these probabilities, at no cost. The weight s
can fall to 0 during training.
"""

import dataclasses

import tensorflow as tf

from wirgan_tf.noise import Noise

CANVAS = "canvas"


@dataclasses.dataclass(frozen=True)
class EarlierCanvases:
    """Which canvas of each sample is judged in training.

    share: s at first, in (0, 1).
    until: updates over which s falls linearly to 0; 0: it does not fall.
    """

    share: float
    until: int = 0

    @property
    def noise(self) -> dict[str, Noise]:
        """The entry of noise by which the canvas is chosen."""
        return {CANVAS: Noise((1,), "uniform")}

    def share_at(self, iteration: tf.Tensor) -> tf.Tensor:
        """s after `iteration` updates, float32 []."""
        if not self.until:
            return tf.constant(self.share)
        return self.share * tf.maximum(0.0, 1.0 - tf.cast(iteration, tf.float32) / self.until)

    def chosen(self, canvases: tf.Tensor, noise: tf.Tensor, iteration: tf.Tensor) -> tf.Tensor:
        """One canvas of each sample, [B, *shape], chosen from canvases [T, B, *shape] by noise [B, 1] in [-1, 1)."""
        share, steps = self.share_at(iteration), canvases.shape[0]
        uniform = (noise[:, 0] + 1.0) / 2.0
        earlier = tf.cast(tf.math.floordiv(uniform * (steps - 1), tf.maximum(share, 1e-6)), tf.int32)
        place = tf.where(uniform < share, tf.minimum(earlier, steps - 2), steps - 1)
        return tf.gather_nd(canvases, tf.stack([place, tf.range(tf.shape(place)[0])], axis=1))
