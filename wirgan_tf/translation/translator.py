"""A model as it translates files: in which direction, to which attributes, of which pixels."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import tensorflow as tf

from wirgan_tf.data.pixels import Pixels
from wirgan_tf.entries import Spec
from wirgan_tf.models import asking
from wirgan_tf.translation.any_size import AnySize


class Translating(Protocol):
    """A `TranslationModel` or an `ExportedTranslator`."""

    directions: Sequence[str]
    size_multiple: int
    smallest_side: int

    def translate(self, source: tf.Tensor, attributes: tf.Tensor | None = None, direction: str = "") -> tf.Tensor: ...


@dataclasses.dataclass(frozen=True)
class Asked:
    """How pictures are to be translated; see the flags of these names.

    direction: "" for the first.
    attributes: in words; must be given to a model of attributes.
    tile, tile_overlap: 0 for whole pictures.
    """

    direction: str = ""
    attributes: str = ""
    tile: int = 0
    tile_overlap: int = 0


def translator(model: Translating, conditions: Spec, image_channels: int, data_settings: Mapping[str, Any],
               asked: Asked) -> tuple[AnySize, Pixels]:
    """`model` as it translates images of any size, and the pixels that it takes.

    Args:
      model: which translates.
      conditions: of the model, `source` among them.
      image_channels: of its translations in the first direction.
      data_settings: of the data set that it was trained on.
      asked: how.

    Raises: `ValueError` for what the model does not do.
    """
    others = {name: entry for name, entry in conditions.items() if name != "source"}
    asking.check_direction(asked.direction, model.directions)
    if others and not asked.attributes:
        raise ValueError("this model translates to attributes; name those that pictures are to have by "
                         f"--attributes: {asking.shown(others['attributes'].names)}, or none")
    rows = asking.rows({"attributes": asked.attributes}, others)
    channels = [conditions["source"].shape[-1], image_channels]
    if asked.direction in model.directions[1:]:
        channels.reverse()
    if channels[1] not in (1, 3):
        raise ValueError(f"translations of this model have {channels[1]} channels, and PNG files 1 or 3; translate "
                         "arrays from Python")
    network = _network(model, rows, asked.direction, channels[0])
    translate = AnySize(network, model.size_multiple, model.smallest_side, asked.tile, asked.tile_overlap)
    return translate, Pixels(channels[0], data_settings.get("sixteen_bits", False))


def _network(model: Translating, rows: asking.Rows, direction: str, channels: int) -> Callable[[tf.Tensor], tf.Tensor]:
    """`model.translate`, traced once for images of all sizes."""
    def translate(source: tf.Tensor) -> tf.Tensor:
        attributes = [tf.repeat(row, tf.shape(source)[0], axis=0) for row in rows.values()]
        return model.translate(source, *attributes, direction=direction)

    return tf.function(translate, input_signature=[tf.TensorSpec([None, None, None, channels])], autograph=False)
