"""What an export answers: signatures around a model, as TensorFlow Serving calls them.

| signature | inputs | output |
|---|---|---|
| `serving_default` | the noise, z float32 [B, T, latent] | images float32 [B, *shape] |
| `sample_rows` | seed int64 [B], truncation float32 [B] | images float32 [B, *shape] |
| `refine_rows` | the same | canvases float32 [B, T, *shape]: the image as it stands after each time step |
| `png_rows` | the same | png_bytes string [B], a PNG file each; of images only |
| `refine_png_rows` | the same | png_bytes string [B, T]; of images only |
| `latents_rows` | the same | the noise, z float32 [B, T, latent] |
| `sample` | num_samples int64 [], seed int64 [], truncation float32 [] | images float32 [num_samples, *shape] |

For a model with conditions, all these signatures but two take a row of each condition as a further input, named after
it: there is no `sample`, and `latents_rows` does not need conditions. A model with several entries of noise has an
input or output for each, and one without noise has no `latents_rows`. The names of conditions can be asked for, and
those of classes can be used:

| signature | inputs | output |
|---|---|---|
| `<condition>_names_rows` | seed int64 [B] | names string [B, K], the same in every row |
| `attributes_groups_rows` | seed int64 [B] | groups int64 [B, A]: the number of each one's group, or -1 |
| `sample_by_name_rows`, `png_by_name_rows` | as without `by_name`, label string [B] | the same |

The first exist for conditions with names, the second when some attributes, those of a group, exclude one another, the
others when classes have names other than their numbers.

A model with an `embedding` that is a bag of words can be asked in words: `text_rows`, `text_refine_rows`,
`text_png_rows` and `text_refine_png_rows` take `text`, string [B], in its place, and find its words in the graph. Words
that the model does not know have no effect; `embedding_names_rows` lists those that it knows.

Images are in [-1, 1]; in a PNG -1 is 0 and 1 is 255, rounded to the nearest. Image i of `sample` is that of the seed
`seed + i` in `sample_rows`.

*Truncation*, in (0, 1], scales the noise: z = truncation * z(seed), whatever its distribution. 1 is the noise of
training; towards 0 every image becomes that of z = 0.

In every signature of seeds a row is a function of its own seed, truncation and conditions, whatever the other rows: its
noise to the bit, its image to the rounding of float32 sums, whose order changes with the size of a batch. The rounding
is about 2e-5 in a trained generator, a step of 1/255 in a rare pixel of a PNG file. The same batch gives the same bits.

What is out of range fails in the graph as INVALID_ARGUMENT: a truncation, a label, attributes, a text without any word
that the model knows, no or more than 1024 seeds or samples, and, in every signature, inputs of different numbers of
rows. Where a server merges requests into batches, all requests of the batch fail.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import tensorflow as tf

from wirgan_tf.entries import EMBEDDING
from wirgan_tf.exporting.checking import (
    MOST_SAMPLES,
    Signature,
    Tensors,
    checked,
    checked_conditions,
    checked_rows,
    name_signatures,
    of_inputs,
    png_files,
)
from wirgan_tf.models import Model
from wirgan_tf.models.asking import shown
from wirgan_tf.models.sampling import draw_rows, rows_of
from wirgan_tf.noise import batch_first, batch_second_last, row_noise, truncated
from wirgan_tf.texts import bag_of_words

_SCALARS = {name: tf.TensorSpec([], dtype, name) for name, dtype in (
    ("num_samples", tf.int64), ("seed", tf.int64), ("truncation", tf.float32))}
_SEEDS = {"seed": tf.TensorSpec([None], tf.int64, "seed"),
          "truncation": tf.TensorSpec([None], tf.float32, "truncation")}


class Signatures:
    """The functions of the table above.

    Args:
      model: draws by its `sampled_generators`.

    image_shape: of one sample, [H, W, C] or [2].
    time_steps: T, how many canvases there are of each image.

    Raises: `ValueError` for a condition that has the name of another input.
    """

    def __init__(self, model: Model):
        self._model = model
        self._conditions = rows_of(model.conditions)
        self._by_name = {name: tf.TensorSpec([None], tf.string, name) for name, entry in model.conditions.items()
                         if not entry.shape and entry.is_named}
        self._noise = {name: tf.TensorSpec([None, *entry.shape], tf.float32, name)
                       for name, entry in model.noise.items() if name not in model.codes}
        if taken := {*_SEEDS, *self._noise, "num_samples"} & set(self._conditions):
            raise ValueError(f"the condition {min(taken)} has the name of another input of the signatures")
        # Traced once, not once for every signature that builds on it.
        self._draw = tf.function(self._checked_draw, input_signature=[{**_SEEDS, **self._conditions}],
                                 autograph=False)
        drawn = self._draw.get_concrete_function().structured_outputs
        self.image_shape = tuple(drawn["image"].shape[1:])
        self.time_steps = drawn["canvases"].shape[1]

    @property
    def metadata(self) -> dict[str, Any]:
        """What a client must know to ask for samples."""
        return {"most_samples": MOST_SAMPLES}

    def table(self) -> dict[str, Signature]:
        """Each signature's function and inputs; those of PNG files for images alone."""
        rows = {**_SEEDS, **self._conditions}
        signatures = {
            "serving_default": of_inputs(self.serving_default, {**self._noise, **self._conditions}),
            "sample_rows": of_inputs(self.sample_rows, rows), "refine_rows": of_inputs(self.refine_rows, rows)}
        if self._noise:
            signatures["latents_rows"] = of_inputs(self.latents_rows, _SEEDS)
        if not self._conditions:
            signatures["sample"] = of_inputs(self.sample, _SCALARS)
        if len(self.image_shape) == 3:
            signatures |= {"png_rows": of_inputs(self.png_rows, rows),
                           "refine_png_rows": of_inputs(self.refine_png_rows, rows)}
        rows_of_images = signatures.keys() & {"sample_rows", "refine_rows", "png_rows", "refine_png_rows"}
        return (signatures | self._of_names(rows_of_images & {"sample_rows", "png_rows"})
                | self._of_texts(sorted(rows_of_images)))

    def _of_names(self, by_name: Iterable[str]) -> dict[str, Signature]:
        """The signatures that list the names of conditions, and those of `by_name`, which take them."""
        signatures = name_signatures(self._model.conditions)
        if self._by_name:
            for name in sorted(by_name, reverse=True):
                function = functools.partial(self._numbered, getattr(self, name))
                signatures[name.replace("_rows", "_by_name_rows")] = of_inputs(
                    function, {**_SEEDS, **self._conditions, **self._by_name})
        return signatures

    def _of_texts(self, rows_of_images: Iterable[str]) -> dict[str, Signature]:
        """The signatures that take texts in place of their bags of words."""
        entry = self._model.conditions.get(EMBEDDING)
        if entry is None or not entry.names:
            return {}
        others = {name: spec for name, spec in self._conditions.items() if name != EMBEDDING}
        inputs = {**_SEEDS, **others, "text": tf.TensorSpec([None], tf.string, "text")}
        return {f"text_{name.removeprefix('sample_')}":
                of_inputs(functools.partial(self._embedded, getattr(self, name), entry.names), inputs)
                for name in rows_of_images}

    def _embedded(self, function: Callable[[Tensors], Tensors], vocabulary: Sequence[str], inputs: Tensors) -> Tensors:
        """`function` of the bags of words of the texts."""
        texts = checked_rows(inputs)["text"]
        words = bag_of_words(texts, vocabulary)
        known = tf.reduce_any(words > 0.0, axis=1)
        words = checked(words, known, "text has no word that the model knows:", tf.boolean_mask(texts, ~known))
        return function({name: values for name, values in inputs.items() if name != "text"} | {EMBEDDING: words})

    def _numbered(self, function: Callable[[Tensors], Tensors], inputs: Tensors) -> Tensors:
        """`function` of the numbers of classes that are given by name."""
        found = checked_rows(inputs)
        return function(found | {name: _number_of(found[name], name, self._model.conditions[name].names)
                                 for name in self._by_name})

    def serving_default(self, inputs: Tensors) -> Tensors:
        found = checked_conditions(checked_rows(inputs), self._model.conditions)
        conditions = {name: found[name] for name in self._conditions}
        noise = {name: batch_second_last(found[name]) for name in self._noise} | self._model.noise_of(conditions)
        conditions = {name: conditions[name] for name in self._model.data_conditions}
        return {"images": self._model.draw(self._model.sampled_generators, noise, conditions)["image"]}

    def sample(self, inputs: Tensors) -> Tensors:
        count = inputs["num_samples"]
        count = checked(count, (count >= 1) & (count <= MOST_SAMPLES),
                        f"num_samples must be 1 to {MOST_SAMPLES}, got", count)
        return self.sample_rows({"seed": inputs["seed"] + tf.range(count),
                                 "truncation": tf.fill(count[tf.newaxis], inputs["truncation"])})

    def sample_rows(self, inputs: Tensors) -> Tensors:
        return {"images": self._draw(inputs)["image"]}

    def refine_rows(self, inputs: Tensors) -> Tensors:
        return {"canvases": self._draw(inputs)["canvases"]}

    def png_rows(self, inputs: Tensors) -> Tensors:
        return {"png_bytes": png_files(self._draw(inputs)["image"])}

    def refine_png_rows(self, inputs: Tensors) -> Tensors:
        return {"png_bytes": png_files(self._draw(inputs)["canvases"])}

    def latents_rows(self, inputs: Tensors) -> Tensors:
        found = _checked_seeds(inputs)
        noise = truncated(row_noise(found["seed"], self._model.noise), self._model.noise, found["truncation"])
        return {name: batch_first(noise[name]) for name in self._noise}

    def _checked_draw(self, inputs: Tensors) -> Tensors:
        """`draw_rows` of rows that are in range."""
        found = checked_conditions(_checked_seeds(inputs), self._model.conditions)
        conditions = {name: found[name] for name in self._conditions}
        drawn = draw_rows(self._model, found["seed"], conditions, found["truncation"])
        return {name: drawn[name] for name in ("image", "canvases")}


def _number_of(texts: tf.Tensor, condition: str, names: Sequence[str]) -> tf.Tensor:
    """The numbers, int64 [B], of classes of these names."""
    found = texts[:, tf.newaxis] == tf.constant(names)
    known = tf.reduce_any(found, axis=1)
    numbers = tf.argmax(tf.cast(found, tf.int32), axis=1)
    return checked(numbers, known, f"{condition} must be one of {shown(names)}, got",
                   tf.boolean_mask(texts, ~known))


def _checked_seeds(inputs: Tensors) -> Tensors:
    """Seeds, truncations and conditions of rows that are in range."""
    found = checked_rows(inputs)
    rows, truncation = tf.size(found["seed"]), found["truncation"]
    in_range = (truncation > 0.0) & (truncation <= 1.0)
    return found | {
        "seed": checked(found["seed"], (rows >= 1) & (rows <= MOST_SAMPLES),
                        f"expected 1 to {MOST_SAMPLES} rows, got", rows),
        "truncation": checked(truncation, in_range, "truncation must be greater than 0 and at most 1, got",
                              tf.boolean_mask(truncation, ~in_range))}
