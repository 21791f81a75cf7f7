"""What an export answers: signatures around a generator, as TensorFlow Serving calls them.

| signature | inputs | output |
|---|---|---|
| `serving_default` | z float32 [B, T, latent] | images float32 [B, *shape] |
| `sample_rows` | seed int64 [B], truncation float32 [B] | images float32 [B, *shape] |
| `refine_rows` | the same | canvases float32 [B, T, *shape]: the image as it stands after each time step |
| `png_rows` | the same | png_bytes string [B], a PNG file each; of images only |
| `refine_png_rows` | the same | png_bytes string [B, T]; of images only |
| `latents_rows` | the same | z float32 [B, T, latent] |
| `sample` | num_samples int64 [], seed int64 [], truncation float32 [] | images float32 [num_samples, *shape] |

Images are in [-1, 1]; in a PNG -1 is 0 and 1 is 255, rounded to the nearest. Image i of `sample` is that of the seed
`seed + i` in `sample_rows`.

*Truncation*, in (0, 1], scales the noise: z = truncation * z(seed), whatever its distribution. 1 is the noise of
training; towards 0 every image becomes that of z = 0.

In every signature of seeds a row is a function of its own seed and truncation, whatever the rows beside it: its noise
to the bit, its image to the rounding of float32 sums, whose order changes with the size of a batch. That is about 2e-5
in a trained generator, a step of 1/255 in a rare pixel of a PNG file. The same batch gives the same bits.

In them, what is out of range fails in the graph as INVALID_ARGUMENT: a truncation, more than 1024 rows or samples, and
seeds and truncations of different numbers. Where a server merges requests into batches, all those of the batch fail.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from wirgan_tf.models.sampling import rows_first
from wirgan_tf.noise import row_latents

MOST_SAMPLES = 1024

Tensors = dict[str, tf.Tensor]
Signature = tuple[Callable[..., Tensors], list[tf.TensorSpec]]

_ROWS = [tf.TensorSpec([None], tf.int64, "seed"), tf.TensorSpec([None], tf.float32, "truncation")]


class Signatures:
    """The functions of the table above.

    Args:
      generator: with `generate`, `refine`, `time_steps` and `latent`.
      noise: distribution of z.
    """

    def __init__(self, generator: keras.Model, noise: str):
        self._generator = generator
        self._noise = noise
        # Traced once each, not once for every signature that builds on them.
        self._latents = tf.function(self._checked_latents, input_signature=_ROWS)
        self._canvases = tf.function(self._refined, input_signature=_ROWS)

    def table(self, of_images: bool) -> dict[str, Signature]:
        """Each signature's function and inputs; those of PNG files for images alone."""
        z = [tf.TensorSpec([None, self._generator.time_steps, self._generator.latent], tf.float32, "z")]
        scalars = [tf.TensorSpec([], tf.int64, "num_samples"), tf.TensorSpec([], tf.int64, "seed"),
                   tf.TensorSpec([], tf.float32, "truncation")]
        signatures = {
            "serving_default": (self.serving_default, z), "sample": (self.sample, scalars),
            "sample_rows": (self.sample_rows, _ROWS), "refine_rows": (self.refine_rows, _ROWS),
            "latents_rows": (self.latents_rows, _ROWS)}
        if of_images:
            signatures |= {"png_rows": (self.png_rows, _ROWS), "refine_png_rows": (self.refine_png_rows, _ROWS)}
        return signatures

    def serving_default(self, z) -> Tensors:
        return {"images": self._generator.generate(tf.transpose(z, [1, 0, 2]))}

    def sample(self, num_samples, seed, truncation) -> Tensors:
        num_samples = _checked(num_samples, (num_samples >= 1) & (num_samples <= MOST_SAMPLES),
                               f"num_samples must be 1 to {MOST_SAMPLES}, got", num_samples)
        return self.sample_rows(seed + tf.range(num_samples), tf.fill(num_samples[tf.newaxis], truncation))

    def sample_rows(self, seed, truncation) -> Tensors:
        return {"images": self._canvases(seed, truncation)[:, -1]}

    def refine_rows(self, seed, truncation) -> Tensors:
        return {"canvases": self._canvases(seed, truncation)}

    def png_rows(self, seed, truncation) -> Tensors:
        return {"png_bytes": _png_files(self._canvases(seed, truncation)[:, -1])}

    def refine_png_rows(self, seed, truncation) -> Tensors:
        return {"png_bytes": _png_files(self._canvases(seed, truncation))}

    def latents_rows(self, seed, truncation) -> Tensors:
        return {"z": tf.transpose(self._latents(seed, truncation), [1, 0, 2])}

    def _refined(self, seed, truncation) -> tf.Tensor:
        return rows_first(self._generator.refine(self._latents(seed, truncation)))

    def _checked_latents(self, seed, truncation) -> tf.Tensor:
        """z, float32 [T, B, latent], of rows that are in range."""
        rows = tf.size(seed)
        seed = _checked(seed, rows == tf.size(truncation), "expected a truncation for each seed, got",
                        tf.size(truncation), "truncations for seeds:", rows)
        seed = _checked(seed, rows <= MOST_SAMPLES, f"expected at most {MOST_SAMPLES} rows, got", rows)
        in_range = (truncation > 0.0) & (truncation <= 1.0)
        truncation = _checked(truncation, in_range, "truncation must be greater than 0 and at most 1, got",
                              tf.boolean_mask(truncation, ~in_range))
        z = row_latents(seed, self._generator.time_steps, self._generator.latent, self._noise)
        return truncation[:, tf.newaxis] * z


def _checked(value, condition, *message):
    """`value`, of which nothing is computed unless `condition` holds."""
    with tf.control_dependencies([tf.debugging.Assert(tf.reduce_all(condition), message)]):
        return tf.identity(value)


def _png_files(images) -> tf.Tensor:
    """PNG files, string [...], of images [..., H, W, C] in [-1, 1]; pixels as in `pictures.to_pixels`."""
    pixels = tf.clip_by_value(tf.floor((images + 1.0) * 127.5 + 0.5), 0.0, 255.0)
    return tf.image.encode_png(tf.cast(pixels, tf.uint8))
