"""What an export of a model that translates images answers.

| signature | inputs | output |
|---|---|---|
| `translate_rows`, `serving_default` | source float32 [B, H, W, C] in [-1, 1] | images float32 [B, H, W, C'] |
| `translate_png_rows` | source_bytes string [B], a PNG or JPEG file each | png_bytes string [B], a PNG file each |
| `translate_back_rows`, `translate_back_png_rows` | the same, for a model with two directions | in the second one |
| `attributes_names_rows` | seed int64 [B] | names string [B, A], the same in every row |
| `attributes_groups_rows` | seed int64 [B] | groups int64 [B, A], where some attributes exclude one another |

A model that translates to attributes takes them as one more input, attributes float32 [B, A], 0 or 1. There are no
seeds: where features are dropped, the masks are those of seed 0 in every row.

H and W of `source` are multiples of `size_multiple` in the metadata, and at least `smallest_side`. Files may be of any
sizes: they are translated one after the other, padded by reflection, and their translations have their sizes.
Signatures of files exist for grey and RGB images.

What is out of range fails in the graph as INVALID_ARGUMENT: other sizes, more than 2,097,152 pixels in all rows of
`source` or in one picture (by its header, before it is decoded), more than 64 rows, broken files and others than PNG
and JPEG.
"""

import tensorflow as tf

from wirgan_tf.entries import Spec
from wirgan_tf.exporting.checking import (
    Signature,
    Tensors,
    checked,
    checked_conditions,
    checked_rows,
    name_signatures,
    of_inputs,
    png_files,
)
from wirgan_tf.exporting.decoding import decoded
from wirgan_tf.models.translation import TranslationModel
from wirgan_tf.reflection import cropped, padded

MOST_PIXELS, MOST_PICTURES = 2**21, 64
SIGNATURES = ("translate", "translate_back")  # by direction


class TranslationSignatures:
    """The functions of the table above.

    Args:
      model: translates by its `sampled_generators`.

    image_shape: that of the images that the model was trained with, [H, W, C'].
    time_steps: 1; an image is translated at once.
    """

    time_steps = 1

    def __init__(self, model: TranslationModel):
        self._model = model
        self._attributes = {name: entry for name, entry in model.conditions.items() if name != "source"}
        *size, channels = model.conditions["source"].shape
        self._directions = []
        for name, direction in zip(SIGNATURES, model.directions or ("",), strict=False):
            self._directions.append(_Direction(name, model, direction, self._attributes, channels))
            channels = self._directions[-1].output_channels
        self.image_shape = (*size, self._directions[0].output_channels)

    @property
    def metadata(self) -> dict[str, object]:
        """What a client must know to ask for translations."""
        return {"directions": list(self._model.directions), "size_multiple": self._model.size_multiple,
                "smallest_side": self._model.smallest_side, "most_pixels": MOST_PIXELS, "most_samples": MOST_PICTURES}

    def table(self) -> dict[str, Signature]:
        """Each signature's function and inputs."""
        signatures = {}
        for direction in self._directions:
            signatures |= direction.table()
        return signatures | {"serving_default": signatures["translate_rows"]} | name_signatures(self._attributes)


class _Direction:
    """The signatures of one direction of a model; their names are `name` and a suffix."""

    def __init__(self, name: str, model: TranslationModel, direction: str, attributes: Spec, channels: int):
        self._name, self._attributes, self._channels = name, attributes, channels
        self._multiple, self._least = model.size_multiple, model.smallest_side
        self._others = {other: entry.rows(other) for other, entry in attributes.items()}
        self._source = tf.TensorSpec([None, None, None, channels], tf.float32, "source")
        # Traced once, not once for every signature that builds on it.
        self._translate = tf.function(
            lambda inputs: model.translate(inputs["source"], inputs.get("attributes"), direction),
            input_signature=[{"source": self._source, **self._others}], autograph=False)
        self.output_channels = self._translate.get_concrete_function().structured_outputs.shape[-1]

    def table(self) -> dict[str, Signature]:
        signatures = {f"{self._name}_rows": of_inputs(self.rows, {"source": self._source, **self._others})}
        if {self._channels, self.output_channels} <= {1, 3}:
            files = {"source_bytes": tf.TensorSpec([None], tf.string, "source_bytes"), **self._others}
            signatures[f"{self._name}_png_rows"] = of_inputs(self.png_rows, files)
        return signatures

    def rows(self, inputs: Tensors) -> Tensors:
        found = checked_conditions(checked_rows(inputs), self._attributes)
        source = found["source"]
        rows, height, width, _ = tf.unstack(tf.shape(source, tf.int64))
        fits = (height % self._multiple == 0) & (width % self._multiple == 0)
        source = checked(source, fits & (tf.minimum(height, width) >= self._least),
                         f"height and width of source must be multiples of {self._multiple}, at least {self._least}, "
                         "got", height, "x", width)
        source = checked(source, (rows >= 1) & (rows <= MOST_PICTURES) & (rows * height * width <= MOST_PIXELS),
                         f"source must have 1 to {MOST_PICTURES} rows of at most {MOST_PIXELS} pixels in all, got",
                         rows, "of", height, "x", width)
        source = checked(source, (source >= -1.0) & (source <= 1.0), "source must be -1 to 1")
        return {"images": self._translate(found | {"source": source})}

    def png_rows(self, inputs: Tensors) -> Tensors:
        found = checked_conditions(checked_rows(inputs), self._attributes)
        files = found.pop("source_bytes")
        files = checked(files, (tf.size(files) >= 1) & (tf.size(files) <= MOST_PICTURES),
                        f"expected 1 to {MOST_PICTURES} rows, got", tf.size(files))

        def translated(row: Tensors) -> tf.Tensor:
            source = decoded(row.pop("source_bytes"), self._channels, MOST_PIXELS)[tf.newaxis]
            others = {name: value[tf.newaxis] for name, value in row.items()}
            image = self._translate({"source": padded(source, self._multiple, self._least), **others})
            return png_files(cropped(image, source))[0]

        return {"png_bytes": tf.map_fn(translated, {"source_bytes": files, **found}, fn_output_signature=tf.string,
                                       parallel_iterations=1)}
