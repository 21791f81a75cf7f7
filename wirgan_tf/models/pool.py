"""A pool of past generated images (Shrivastava et al. 2017, arXiv 1612.07828, section 2.3, as CycleGAN uses it)."""

import keras
import tensorflow as tf

from wirgan_tf import replicas


class ImagePool(keras.layers.Layer):
    """Past images, of which a critic is shown some instead of the newest.

    Until the pool is full it stores each image and returns it. From then on it returns the image itself with
    probability 1/2; otherwise it returns a random stored image, whose place the new one takes.

    Args:
      size: N, how many images are stored.
      shape: of an image.
    """

    def __init__(self, size: int, shape: tuple[int, ...], name: str):
        super().__init__(name=name, trainable=False, dtype="float32")
        # Replicas gather all images before they assign, so they all assign the same values.
        self.images = self.add_weight(name="images", shape=(size, *shape), initializer="zeros",
                                      aggregation="only_first_replica")
        self.stored = self.add_weight(name="stored", shape=(), dtype="int32", initializer="zeros",
                                      aggregation="only_first_replica")
        self.size = size
        self.built = True

    @property
    def state(self) -> dict[str, keras.Variable]:
        """The images, and how many there are."""
        return {f"{self.name}_images": self.images, f"{self.name}_stored": self.stored}

    def exchange(self, images: tf.Tensor, draws: tf.Tensor) -> tf.Tensor:
        """What is shown instead of `images` [B, *shape], taken one after the other.

        Args:
          images: those of this replica.
          draws: U[0, 1), [B, 2]: for each image, whether a stored one is shown (below 1/2), and which.
        """
        images, draws = replicas.gathered(tf.stop_gradient(images)), replicas.gathered(draws)
        rows = tf.shape(images)[0]

        def one(row, pool, stored, shown):
            image, full = images[row], stored >= self.size
            swapped = full & (draws[row, 0] < 0.5)
            place = tf.where(full, tf.cast(draws[row, 1] * self.size, tf.int32), stored)
            shown = shown.write(row, tf.where(swapped, pool[place], image))
            kept = tf.where(full & ~swapped, pool[place], image)
            pool = tf.tensor_scatter_nd_update(pool, [[place]], [kept])
            return row + 1, pool, tf.minimum(stored + 1, self.size), shown

        _, pool, stored, shown = tf.while_loop(
            lambda row, *_: row < rows, one,
            (0, tf.convert_to_tensor(self.images), tf.convert_to_tensor(self.stored),
             tf.TensorArray(tf.float32, rows, element_shape=images.shape[1:])))
        self.images.assign(pool)
        self.stored.assign(stored)
        return replicas.rows(tf.ensure_shape(shown.stack(), images.shape))
