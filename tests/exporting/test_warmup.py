"""The warm-up file as TensorFlow Serving reads it: by its protocol's own messages, each request run in a Session."""

import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2


@pytest.fixture(scope="module")
def requests(exported):
    records = tf.data.TFRecordDataset(str(exported[1] / "assets.extra" / "tf_serving_warmup_requests"))
    logs = [prediction_log_pb2.PredictionLog.FromString(record) for record in records.as_numpy_iterator()]
    assert {log.WhichOneof("log_type") for log in logs} == {"predict_log"}
    return [log.predict_log.request for log in logs]


def test_one_request_for_each_signature_of_rows(requests):
    """Scalars are what a batching server refuses, and a refused request of the warm-up would refuse the model."""
    assert [request.model_spec.signature_name for request in requests] == [
        "serving_default", "sample_rows", "refine_rows", "latents_rows", "png_rows", "refine_png_rows"]
    assert {request.model_spec.name for request in requests} == {"digits"}


def test_each_request_is_answered(requests, exported):
    answers = {}
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        model = tf.compat.v1.saved_model.load(session, ["serve"], str(exported[1]))
        for request in requests:
            signature = model.signature_def[request.model_spec.signature_name]
            (output, tensor), = signature.outputs.items()
            feeds = {signature.inputs[name].name: tf.make_ndarray(value) for name, value in request.inputs.items()}
            answers[request.model_spec.signature_name] = (output, session.run(tensor.name, feeds).shape)
    assert answers == {
        "serving_default": ("images", (1, 8, 8, 1)), "sample_rows": ("images", (1, 8, 8, 1)),
        "refine_rows": ("canvases", (1, 3, 8, 8, 1)), "latents_rows": ("z", (1, 3, 4)),
        "png_rows": ("png_bytes", (1,)), "refine_png_rows": ("png_bytes", (1, 3))}
