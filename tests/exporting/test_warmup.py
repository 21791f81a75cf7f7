"""The warm-up file as TensorFlow Serving reads it: by its protocol's own messages, each request run in a Session."""

import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from tests.exporting import sessions


def requests_of(folder):
    records = tf.data.TFRecordDataset(str(folder / "assets.extra" / "tf_serving_warmup_requests"))
    logs = [prediction_log_pb2.PredictionLog.FromString(record) for record in records.as_numpy_iterator()]
    assert {log.WhichOneof("log_type") for log in logs} == {"predict_log"}
    return [log.predict_log.request for log in logs]


def answers_of(folder):
    """Output name and shape of the answer to each request of a version, by signature."""
    asked = [(request.model_spec.signature_name,
              {name: tf.make_ndarray(value) for name, value in request.inputs.items()})
             for request in requests_of(folder)]
    answers = sessions.answers([(folder, asked)])
    return {name: (output, value.shape) for (name, _), (output, value) in zip(asked, answers, strict=True)}


def test_one_request_for_each_signature_of_rows(exported):
    """Scalars are what a batching server refuses, and a refused request of the warm-up would refuse the model."""
    requests = requests_of(exported[1])
    assert [request.model_spec.signature_name for request in requests] == [
        "serving_default", "sample_rows", "refine_rows", "latents_rows", "png_rows", "refine_png_rows"]
    assert {request.model_spec.name for request in requests} == {"digits"}


def test_each_request_is_answered(exported):
    assert answers_of(exported[1]) == {
        "serving_default": ("images", (1, 8, 8, 1)), "sample_rows": ("images", (1, 8, 8, 1)),
        "refine_rows": ("canvases", (1, 3, 8, 8, 1)), "latents_rows": ("z", (1, 3, 4)),
        "png_rows": ("png_bytes", (1,)), "refine_png_rows": ("png_bytes", (1, 3))}


def test_requests_have_the_conditions_of_a_model(labelled):
    request, = (request for request in requests_of(labelled[1]) if request.model_spec.signature_name == "png_rows")
    inputs = {name: tf.make_ndarray(value).tolist() for name, value in request.inputs.items()}
    assert inputs == {"seed": [0], "truncation": [1.0], "label": [0], "attributes": [[1.0, 1.0]]}
    assert answers_of(labelled[1])["refine_png_rows"] == ("png_bytes", (1, 1))
