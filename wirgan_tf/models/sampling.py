"""Sampling: images and drawing processes, each a function of its own seed.

The rows of a call are drawn together. Their float32 sums are added up in an order that changes with the number of rows
and of threads, which moves the images of a trained generator by up to 2e-5; the same call gives the same bits.
"""

import functools
from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf

from wirgan_tf.entries import Spec
from wirgan_tf.models.model import Model, codes_of
from wirgan_tf.networks.generator import Batch
from wirgan_tf.noise import Noise, row_noise, truncated

_ROWS = 64  # in a call
_MOST_PIXELS = 2**20  # of images translated in one call, unless a single image has more

Conditions = Mapping[str, np.ndarray]
"""What samples are asked to be, by name, a row for each of them."""


def draw_rows(model: Model, seeds: tf.Tensor, conditions: Batch, truncation: tf.Tensor | None = None) -> Batch:
    """Samples at inference, a row for each seed: the one way from seeds to images.

    Args:
      model: draws by its `sampled_generators`.
      seeds: int64 [B].
      conditions: by name, [B, ...]: those of `model.conditions`.
      truncation: float32 [B], what noise is multiplied by; None: 1.

    Returns: `image`, float32 [B, *shape]; `canvases`, float32 [B, T, *shape], the image as it stands after each time
    step (the image alone when the generator draws at once); and `noise` of the samples by entry, in the shapes of
    `Noise.batch_shape`.
    """
    noise = row_noise(seeds, model.noise)
    if truncation is not None:
        noise = truncated(noise, model.noise, truncation)
    noise |= model.noise_of(conditions)
    drawn = model.draw(model.sampled_generators, noise, {name: conditions[name] for name in model.data_conditions})
    canvases = drawn.get("canvases")
    rows = drawn["image"][:, tf.newaxis] if canvases is None else rows_first(canvases)
    return {"image": drawn["image"], "canvases": rows, "noise": noise}


class Sampler:
    """Draws from a model at inference.

    Args:
      model: the model whose `sampled_generators` draw.
      default_conditions: seeds int64 [N] -> conditions, for calls that give none; None: such calls are refused by a
        model with conditions.
    """

    def __init__(self, model: Model, default_conditions: Callable[[np.ndarray], Conditions] | None = None):
        self._model = model
        self._default_conditions = default_conditions

    def images(self, seeds: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
        """Images float32 [N, *shape] in [-1, 1] for int64 seeds [N] and conditions [N, ...].

        Raises: `ValueError` for seeds of another shape, for no seeds, and for conditions as `check_conditions` does.
        """
        return in_calls(lambda *part: self._draw(*part)[:, -1], seeds, self._checked(seeds, conditions), self._rows)

    def canvases(self, seeds: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
        """The images as they stand after each time step, float32 [T, N, *shape]; raises what `images` does.

        For a model in two stages, the images of the first stage, enlarged, and then those of the second.
        """
        return in_calls(self._draw, seeds, self._checked(seeds, conditions), self._rows).swapaxes(0, 1)

    def conditions(self, seeds: np.ndarray) -> Conditions:
        """Conditions for samples that were given none: by default those of examples, and codes drawn as in training."""
        model = self._model
        return default_conditions(self._default_conditions, model.data_conditions, model.codes, model.noise, seeds)

    def _checked(self, seeds: np.ndarray, conditions: Conditions | None) -> Conditions:
        seeds = checked_seeds(seeds)
        given = self.conditions(seeds) if conditions is None else conditions
        return check_conditions(given, self._model.conditions, len(seeds))

    @property
    def _rows(self) -> int:
        """The rows in a call: fewer when large images are translated."""
        if "source" not in self._model.data_conditions:
            return _ROWS
        height, width, _ = self._model.data_conditions["source"].shape
        return max(1, min(_ROWS, _MOST_PIXELS // (height * width)))

    @functools.cached_property
    def _draw(self):
        signature = [tf.TensorSpec([None], tf.int64), rows_of(self._model.conditions)]
        return tf.function(lambda seeds, conditions: draw_rows(self._model, seeds, conditions)["canvases"],
                           input_signature=signature, autograph=False)


def default_conditions(choose: Callable[[np.ndarray], Conditions] | None, expected: Spec, codes: Spec,
                       noise: Mapping[str, Noise], seeds: np.ndarray) -> Conditions:
    """The conditions that `choose` finds for these seeds, and the codes that it leaves out, drawn as in training.

    Raises: `ValueError` when there is no `choose` and some conditions are expected besides codes.
    """
    if choose is None and expected:
        raise ValueError(f"samples of this model depend on {', '.join(expected)}; pass them as conditions")
    chosen = {} if choose is None else choose(seeds)
    return {**_drawn_codes(seeds, codes, noise),
            **{name: values for name, values in chosen.items() if name in expected or name in codes}}


def _drawn_codes(seeds: np.ndarray, codes: Spec, noise: Mapping[str, Noise]) -> Conditions:
    """The codes of the samples of these seeds, drawn as the rest of their noise is."""
    if not codes:
        return {}
    drawn = _compiled_noise(tuple(noise.items()))(tf.constant(seeds, tf.int64))
    return {name: values.numpy() for name, values in codes_of(drawn, codes).items()}


@functools.cache
def _compiled_noise(entries: tuple[tuple[str, Noise], ...]) -> Callable[[tf.Tensor], Batch]:
    """`row_noise` of these entries as a graph: drawn row by row outside one, it would be slow."""
    signature = [tf.TensorSpec([None], tf.int64)]
    return tf.function(lambda seeds: row_noise(seeds, dict(entries)), input_signature=signature, autograph=False)


def rows_of(conditions: Spec) -> dict[str, tf.TensorSpec]:
    """The specs of any number of rows of these conditions, by name."""
    return {name: entry.rows(name) for name, entry in conditions.items()}


def check_conditions(conditions: Conditions, expected: Spec, rows: int) -> Conditions:
    """`conditions` as arrays of the expected types.

    Raises: `ValueError` for conditions that are missing, not expected, out of range, not whole numbers where their spec
      has integers, or not of the shape [rows, ...] of their spec.
    """
    if set(conditions) != set(expected):
        raise ValueError(f"conditions {', '.join(conditions) or 'none'} were passed, expected "
                         f"{', '.join(expected) or 'none'}")
    arrays = {}
    for name, spec in expected.items():
        given = np.asarray(conditions[name])
        if given.shape != (rows, *spec.shape):
            raise ValueError(f"condition {name} has shape {list(given.shape)}; expected {[rows, *spec.shape]}, a row "
                             "for each seed")
        if spec.dtype.is_integer and given.dtype.kind not in "iu":  # a cast would round silently
            raise ValueError(f"condition {name} is of type {given.dtype}; expected whole numbers, as int64")
        arrays[name] = given.astype(spec.dtype.as_numpy_dtype)
        if limits := spec.limits(name):
            wrong = ~((arrays[name] >= limits[0]) & (arrays[name] <= limits[1]))  # NaN too
            if wrong.any():
                raise ValueError(f"condition {name} is {arrays[name][wrong][0]}; expected {limits[0]} to {limits[1]}")
    return arrays


def rows_first(canvases: tf.Tensor) -> tf.Tensor:
    """[T, B, *shape] -> [B, T, *shape]."""
    return tf.transpose(canvases, [1, 0, *range(2, canvases.shape.rank)])


def in_calls(draw: Callable[..., tf.Tensor], seeds: np.ndarray, conditions: Conditions,
             rows: int = _ROWS) -> np.ndarray:
    """`draw` of int64 seeds [N] and conditions [N, ...], at most `rows` of them at a time, put together again."""
    seeds = checked_seeds(seeds)
    parts = [slice(first, first + rows) for first in range(0, len(seeds), rows)]
    return np.concatenate([draw(tf.constant(seeds[part]), {name: tf.constant(values[part])
                                                           for name, values in conditions.items()}) for part in parts])


def checked_seeds(seeds: np.ndarray) -> np.ndarray:
    """`seeds` as int64 [N]. Raises `ValueError` for other shapes and types, and for none."""
    given = np.asarray(seeds)
    if given.ndim != 1 or not len(given):
        raise ValueError(f"seeds have shape {given.shape}; expected [N] with N of at least 1"
                         + (f"; for {given} images give np.arange({given})" if given.ndim == 0 else ""))
    if given.dtype.kind not in "iu":
        raise ValueError(f"seeds are {given.dtype}; expected integers")
    return given.astype(np.int64)


def row_seeds(seed: int, count: int) -> np.ndarray:
    """The seeds of `count` images asked for with one seed: seed, seed + 1, ..., int64 [count]."""
    return np.arange(count, dtype=np.int64) + seed
