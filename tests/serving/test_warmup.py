"""Warmup records of a SavedModel, in the official form."""

import asyncio

import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from wirgan_tf.serving.loaded_model import LoadedModel
from wirgan_tf.serving.settings import VersionPolicy
from wirgan_tf.serving.versions import State, VersionManager
from wirgan_tf.serving.warmup import RECORDS, warm_up


def write_records(folder, *records):
    path = folder / RECORDS
    path.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record if isinstance(record, bytes) else record.SerializeToString())


def log_of(signature="sample_rows", output_filter=(), **inputs):
    request = predict_pb2.PredictRequest(output_filter=output_filter)
    request.model_spec.signature_name = signature
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(value)
    return prediction_log_pb2.PredictionLog(predict_log=prediction_log_pb2.PredictLog(request=request))


ROWS = {"seed": tf.make_tensor_proto([1, 2], tf.int64), "truncation": tf.make_tensor_proto([1.0, 1.0], tf.float32)}


def load(folder):
    """The only version of the folder's model, as the server has it."""
    async def poll():
        manager = VersionManager("digits", folder, VersionPolicy(), {})
        await manager.poll()
        [version] = manager.statuses("digits")
        state, error = version.state, version.error
        await manager.close()
        return state, error and error.message

    return asyncio.run(poll())


def test_records_are_run_before_the_version_is_served(digits, monkeypatch):
    write_records(digits / "1", log_of(**ROWS), log_of("png_rows", ["png_bytes"], **ROWS))
    ran, run = [], LoadedModel.run

    def noted(self, signature, inputs, outputs, timeout_s):
        ran.append((signature.name, inputs["seed"].tolist(), outputs))
        return run(self, signature, inputs, outputs, timeout_s)

    monkeypatch.setattr(LoadedModel, "run", noted)
    assert load(digits) == (State.AVAILABLE, None)
    assert ran == [("sample_rows", [1, 2], ["images"]), ("png_rows", [1, 2], ["png_bytes"])]


@pytest.mark.parametrize(("record", "message"), [
    (log_of("nothing", **ROWS), "the model has no signature 'nothing'"),
    (log_of(), "input size does not match signature"),
    (log_of(**(ROWS | {"truncation": tf.make_tensor_proto([-1.0, 1.0], tf.float32)})), "truncation must be positive"),
    (prediction_log_pb2.PredictionLog(regress_log=prediction_log_pb2.RegressLog()), "a regress_log is not supported"),
    (prediction_log_pb2.PredictionLog(), "a None is not supported"),
    (b"no log", "a record is no PredictionLog"),
])
def test_a_version_whose_warmup_fails_is_not_served(digits, record, message):
    write_records(digits / "1", record)
    state, error = load(digits)
    assert state == State.END
    assert message in error


def test_damaged_records_are_reported(digits):
    write_records(digits / "1", log_of(**ROWS))
    with (digits / "1" / RECORDS).open("r+b") as file:
        file.seek(30)
        file.write(b"damage")
    state, error = load(digits)
    assert state == State.END
    assert "corrupted record" in error


def test_too_many_records_are_refused(digits, monkeypatch):
    monkeypatch.setattr("wirgan_tf.serving.warmup._MOST_RECORDS", 1)
    write_records(digits / "1", *[log_of(**ROWS)] * 2)
    assert "more than 1 warmup records" in load(digits)[1]


def test_no_records_are_no_warmup(digits):
    model = LoadedModel(digits / "1")
    assert warm_up(model, digits / "1") == 0
    model.close()
