"""Generators as SavedModels: writing them, and sampling from them without the run that trained them."""

from wirgan_tf.exporting.exported import (
    ExportedGenerator,
    data_conditions,
    exported_conditions,
    exported_weights,
    find_export,
)
from wirgan_tf.exporting.pretrained import find_pretrained, pretrained_names
from wirgan_tf.exporting.saved_model import export_generator
from wirgan_tf.exporting.signatures import MOST_SAMPLES

__all__ = ["MOST_SAMPLES", "ExportedGenerator", "data_conditions", "export_generator", "exported_conditions",
           "exported_weights", "find_export", "find_pretrained", "pretrained_names"]
