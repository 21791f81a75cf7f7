"""Requests that TensorFlow Serving runs on a version before it serves it, so that the first client does not wait."""

import pathlib
from collections.abc import Mapping

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from wirgan_tf.exporting.checking import Signature

WARMUP = pathlib.Path("assets.extra") / "tf_serving_warmup_requests"


def write_warmup(signatures: dict[str, Signature], model: str, folder: pathlib.Path, texts: Mapping[str, str | bytes],
                 unknown: int = 1) -> None:
    """Writes one request of one row for each signature of rows, as a TFRecord of PredictionLog.

    Its integers are 0, which is a label of any model, and its other numbers 1. Signatures of scalars are left out: a
    server that batches refuses them, and with them the model.

    Args:
      signatures: by name.
      model: name of the model in the requests.
      folder: of the version; its `assets.extra` is there.
      texts: the value of each input of strings, by name.
      unknown: the size to give a dimension of any size.
    """
    with tf.io.TFRecordWriter(str(folder / WARMUP)) as records:
        for name, (_, inputs) in signatures.items():
            if all(spec.shape.rank for spec in inputs):
                request = predict_pb2.PredictRequest()
                request.model_spec.name, request.model_spec.signature_name = model, name
                for spec in inputs:
                    value = texts[spec.name] if spec.dtype == tf.string else 0 if spec.dtype.is_integer else 1
                    shape = [1, *(unknown if size is None else size for size in spec.shape[1:])]
                    row = np.full(shape, value, spec.dtype.as_numpy_dtype)
                    request.inputs[spec.name].CopyFrom(tf.make_tensor_proto(row))
                log = prediction_log_pb2.PredictionLog(predict_log={"request": request})
                records.write(log.SerializeToString())
