"""Warmup: the requests that a SavedModel brings with it, run before it serves any other."""

import pathlib

import grpc
import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow_serving.apis import prediction_log_pb2

from wirgan_tf.serving.errors import ServingError, invalid
from wirgan_tf.serving.loaded_model import LoadedModel
from wirgan_tf.serving.tensors import to_array

RECORDS = pathlib.Path("assets.extra") / "tf_serving_warmup_requests"
_MOST_RECORDS, _MOST_BYTES, _TIMEOUT_S = 1000, 2**30, 600.0  # 1000 is TensorFlow Serving's limit, too


def warm_up(model: LoadedModel, folder: pathlib.Path) -> int:
    """Runs the PredictionLog records of the version in `folder` and returns how many there were.

    Raises: `ServingError` for records that are damaged, too many, or of another kind than predict requests, and what
    the model raises for its own records.
    """
    path = folder / RECORDS
    if not path.is_file():
        return 0
    count = 0
    for count, record in enumerate(tf.data.TFRecordDataset(str(path)).as_numpy_iterator(), start=1):
        if count > _MOST_RECORDS:
            raise invalid(f"{RECORDS}: more than {_MOST_RECORDS} warmup records")
        _run(model, record)
    return count


def _run(model: LoadedModel, record: bytes) -> None:
    try:
        log = prediction_log_pb2.PredictionLog.FromString(record)
    except DecodeError as error:
        raise ServingError(grpc.StatusCode.DATA_LOSS, f"{RECORDS}: a record is no PredictionLog") from error
    if log.WhichOneof("log_type") != "predict_log":
        raise ServingError(grpc.StatusCode.UNIMPLEMENTED, f"{RECORDS}: a {log.WhichOneof('log_type')} is not "
                           "supported; expected predict_log")
    request = log.predict_log.request
    name = request.model_spec.signature_name or "serving_default"
    if name not in model.signatures:
        raise invalid(f"{RECORDS}: the model has no signature {name!r}")
    signature = model.signatures[name]
    inputs = {key: to_array(key, proto, _MOST_BYTES) for key, proto in request.inputs.items()}
    signature.check_inputs(inputs)
    signature.check_outputs(list(request.output_filter))
    model.run(signature, inputs, list(request.output_filter) or list(signature.outputs), _TIMEOUT_S)
