"""Generators as SavedModels: writing them, and sampling from them without the run that trained them."""

from wirgan_tf.exporting.checking import MOST_SAMPLES
from wirgan_tf.exporting.exported import (
    ExportedGenerator,
    ExportedTranslator,
    data_conditions,
    exported_conditions,
    exported_weights,
    find_export,
    open_export,
)
from wirgan_tf.exporting.pretrained import find_pretrained, pretrained_names
from wirgan_tf.exporting.saved_model import export_generator
from wirgan_tf.exporting.tflite import export_tflite

__all__ = ["MOST_SAMPLES", "ExportedGenerator", "ExportedTranslator", "data_conditions", "export_generator",
           "export_tflite", "exported_conditions", "exported_weights", "find_export", "find_pretrained", "open_export",
           "pretrained_names"]
