"""TensorFlow Lite files of a model that translates images, for phones: one size of image, one image at a time."""

import pathlib

import tensorflow as tf

from wirgan_tf.exporting.translations import SIGNATURES
from wirgan_tf.files import write_whole
from wirgan_tf.models import Model, TranslationModel


def export_tflite(model: Model, folder: str | pathlib.Path, image_size: int) -> list[pathlib.Path]:
    """Writes a file for each direction of `model`, made of operations that TensorFlow Lite has built in.

    Each has a signature of `source`, float32 [1, S, S, C] in [-1, 1], and `attributes`, float32 [1, A], where the model
    has them; its output is `images`, float32 [1, S, S, C'].

    Args:
      model: translates by its `sampled_generators`.
      folder: where `translate_<S>.tflite` and, with two directions, `translate_back_<S>.tflite` go.
      image_size: S, height and width.

    Returns: the files.
    Raises: `ValueError` for a model that does not translate, or that drops features at inference, and for a size that
      it does not take.
    """
    _check(model, image_size)
    *_, channels = model.conditions["source"].shape
    paths = []
    for name, direction in zip(SIGNATURES, model.directions or ("",), strict=False):
        translate = _translate(model, direction, [1, image_size, image_size, channels])
        path = pathlib.Path(folder) / f"{name}_{image_size}.tflite"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, _converted(translate))
        paths.append(path)
        channels = translate.structured_outputs["images"].shape[-1]
    return paths


def _check(model: Model, image_size: int) -> None:
    if not isinstance(model, TranslationModel):
        raise ValueError("format=tflite is there for models that translate images; this one draws from noise: use "
                         "format=saved_model")
    if model.noise:
        raise ValueError("format=tflite: this model drops features when it translates, by random numbers that "
                         "TensorFlow Lite does not have; train it with inference_dropout=false")
    if image_size < model.smallest_side or image_size % model.size_multiple:
        raise ValueError(f"image_size={image_size}: this model translates sides that are multiples of "
                         f"{model.size_multiple}, at least {model.smallest_side}; give one of them")


def _translate(model: TranslationModel, direction: str, shape: list[int]) -> tf.types.experimental.ConcreteFunction:
    inputs = {"source": tf.TensorSpec(shape, tf.float32, "source")}
    if "attributes" in model.conditions:
        inputs["attributes"] = tf.TensorSpec([1, *model.conditions["attributes"].shape], tf.float32, "attributes")

    def translate(**given: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"images": model.translate(given["source"], given.get("attributes"), direction)}

    return tf.function(translate, autograph=False).get_concrete_function(**inputs)


def _converted(function: tf.types.experimental.ConcreteFunction) -> bytes:
    # A module that holds each variable: the converter leaves out variables that it does not find in its input, and it
    # does not find those of Keras layers in lists. The file would give NaN.
    module = tf.Module()
    module.used_variables = list(function.variables)
    return tf.lite.TFLiteConverter.from_concrete_functions([function], module).convert()
