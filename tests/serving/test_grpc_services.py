"""The gRPC services through their official stubs."""

import grpc
import numpy as np
import pytest
import tensorflow as tf
from google.protobuf import text_format
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tensorflow.core.framework import tensor_pb2
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_management_pb2,
    predict_pb2,
    regression_pb2,
)

from tests.serving.small_models import Varied, write

AVAILABLE = get_model_status_pb2.ModelVersionStatus.AVAILABLE


def predict_request(signature="", name="varied", outputs=(), **inputs):
    request = predict_pb2.PredictRequest(output_filter=outputs)
    request.model_spec.name = name
    request.model_spec.signature_name = signature
    for key, value in inputs.items():
        request.inputs[key].CopyFrom(tf.make_tensor_proto(value))
    return request


def refused(call, request):
    """The status code and message of a call that fails."""
    with pytest.raises(grpc.RpcError) as raised:
        call(request, timeout=60)
    return raised.value.code(), raised.value.details()


def test_predict(varied):
    response = varied.prediction.Predict(predict_request(x=np.array([1, 2, 5], np.float32)))
    assert list(response.outputs["y"].float_val) == [2.5, 3.0, 4.5]
    np.testing.assert_array_equal(tf.make_ndarray(response.outputs["y"]), np.array([2.5, 3, 4.5], np.float32))
    spec = response.model_spec
    assert (spec.name, spec.version.value, spec.signature_name) == ("varied", 7, "serving_default")


def test_every_type_of_tensor(varied):
    inputs = {"a": np.array([-1], np.int32), "b": np.array([255], np.uint8), "c": np.array([2**63], np.uint64),
              "d": np.array([0.1]), "e": np.array([True])}
    outputs = varied.prediction.Predict(predict_request("kinds", **inputs)).outputs
    found = {name: tf.make_ndarray(proto) for name, proto in outputs.items()}
    assert found == {"int32": [-1], "uint8": [255], "uint64": [2**63], "double": [0.1], "flag": [True]}
    outputs = varied.prediction.Predict(predict_request("text", text=[b"\xff"])).outputs
    assert list(outputs["text_bytes"].string_val) == [b"\xff"]
    outputs = varied.prediction.Predict(predict_request("halves", x=np.array([0.5], np.float32))).outputs
    assert tf.make_ndarray(outputs["half"]) == tf.make_ndarray(outputs["bfloat"]) == [0.5]
    outputs = varied.prediction.Predict(predict_request("scalars", a=np.float32(1.5), n=np.int64(4))).outputs
    assert tf.make_ndarray(outputs["product"]) == 6.0


def test_output_filter(varied):
    request = predict_request("two", outputs=["twice"], a=np.array([2.5], np.float32), b=np.array([3], np.int64))
    response = varied.prediction.Predict(request)
    assert {name: tf.make_ndarray(proto) for name, proto in response.outputs.items()} == {"twice": [6]}
    request.output_filter.append("product")
    assert refused(varied.prediction.Predict, request) == (
        grpc.StatusCode.INVALID_ARGUMENT, "output tensor alias not found in signature: product Outputs expected to be "
        "in the set {sum,twice}.")
    request.output_filter[:] = ["sum", "sum"]
    assert refused(varied.prediction.Predict, request)[1] == "duplicate output tensor alias: sum"


def test_versions_and_labels(start, generators):
    server = start(generators, model_name="digits", labels={"old": 1, "gone": 3},
                   policy=settings_of("specific { versions: 1 versions: 2 }"))
    request = predict_request("sample_rows", "digits", seed=np.array([1], np.int64), truncation=np.ones(1, np.float32))

    def brightest(**spec):
        request.model_spec.ClearField("version_choice")
        request.model_spec.MergeFrom(type(request.model_spec)(**spec))
        return np.abs(tf.make_ndarray(server.prediction.Predict(request).outputs["images"])).max()

    assert brightest() == brightest(version={"value": 2}) <= 0.5
    assert 0.99 < brightest(version={"value": 1}) == brightest(version_label="old")
    request.model_spec.version_label = "gone"
    assert refused(server.prediction.Predict, request) == (
        grpc.StatusCode.NOT_FOUND, "Servable not found for request: Specific(digits, 3)")
    request.model_spec.version_label = "other"
    assert refused(server.prediction.Predict, request) == (
        grpc.StatusCode.INVALID_ARGUMENT, "Unrecognized servable version label: other")


def settings_of(policy):
    from tensorflow_serving.config import file_system_storage_path_source_pb2

    from wirgan_tf.serving import grpc_services

    return grpc_services._policy(text_format.Parse(
        policy, file_system_storage_path_source_pb2.FileSystemStoragePathSourceConfig.ServableVersionPolicy()))


@pytest.mark.parametrize(("request_", "code", "message"), [
    (predict_request(name="", x=[1.0]), grpc.StatusCode.INVALID_ARGUMENT, "ModelSpec has no name specified."),
    (predict_request(name="other", x=[1.0]), grpc.StatusCode.NOT_FOUND,
     "Servable not found for request: Latest(other)"),
    (predict_request("nothing", x=[1.0]), grpc.StatusCode.FAILED_PRECONDITION,
     'Serving signature key "nothing" not found.'),
    (predict_request(), grpc.StatusCode.INVALID_ARGUMENT, "input size does not match signature: 0!=1 len({}) != "
     "len({x}). Sent extra: {}. Missing but required: {x}."),
    (predict_request(y=[1.0]), grpc.StatusCode.INVALID_ARGUMENT, "input size does not match signature: 1!=1 len({y}) "
     "!= len({x}). Sent extra: {y}. Missing but required: {x}."),
    # Over gRPC nothing is converted.
    (predict_request(x=[1]), grpc.StatusCode.INVALID_ARGUMENT,
     "input 'x' of signature 'serving_default' expects float32 but int32 is provided"),
    (predict_request(x=1.0), grpc.StatusCode.INVALID_ARGUMENT,
     "input 'x' of signature 'serving_default' expects shape (None,) but [] is provided"),
])
def test_predict_errors(varied, request_, code, message):
    assert refused(varied.prediction.Predict, request_) == (code, message)


@pytest.mark.parametrize(("proto", "message"), [
    ("dtype: DT_FLOAT tensor_shape { dim { size: 2 } } float_val: [1, 2, 3]", "tensor parsing error: x"),
    ("dtype: DT_FLOAT tensor_shape { dim { size: 2 } } tensor_content: 'abc'", "tensor parsing error: x"),
    ("dtype: DT_FLOAT tensor_shape { dim { size: -1 } } float_val: 1", "its shape is not known"),
    ("dtype: DT_FLOAT tensor_shape { unknown_rank: true } float_val: 1", "its shape is not known"),
    ("dtype: DT_INT8 tensor_shape { dim { size: 1 } } int_val: 300", "tensor parsing error: x"),
    ("dtype: DT_INVALID", "tensor parsing error: x"),
    ("dtype: DT_RESOURCE tensor_shape { dim { size: 1 } }", "tensor parsing error: x"),
    # One value that stands for four terabytes.
    ("dtype: DT_FLOAT tensor_shape { dim { size: 1000000 } dim { size: 1000000 } } float_val: 1", "is larger than"),
])
def test_tensors_that_are_none(varied, proto, message):
    request = predict_request()
    request.inputs["x"].CopyFrom(text_format.Parse(proto, tensor_pb2.TensorProto()))
    code, details = refused(varied.prediction.Predict, request)
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert message in details


def test_one_value_may_stand_for_many(varied):
    request = predict_request()
    request.inputs["x"].CopyFrom(text_format.Parse(
        "dtype: DT_FLOAT tensor_shape { dim { size: 3 } } float_val: 2", tensor_pb2.TensorProto()))
    assert list(varied.prediction.Predict(request).outputs["y"].float_val) == [3, 3, 3]


def test_other_kinds_of_signatures(varied):
    for call, request, kind in (
            (varied.prediction.Classify, classification_pb2.ClassificationRequest(), "classification"),
            (varied.prediction.Regress, regression_pb2.RegressionRequest(), "regression")):
        request.model_spec.name = "varied"
        assert refused(call, request) == (grpc.StatusCode.INVALID_ARGUMENT, "Input is empty.")
        request.input.example_list.examples.add()
        code, message = refused(call, request)
        assert code == grpc.StatusCode.INVALID_ARGUMENT
        assert message.startswith(f"Expected {kind} signature method_name to be tensorflow/serving/")
    code, _ = refused(varied.prediction.MultiInference, inference_pb2.MultiInferenceRequest())
    assert code == grpc.StatusCode.UNIMPLEMENTED


def test_metadata(varied):
    request = get_model_metadata_pb2.GetModelMetadataRequest()
    assert refused(varied.prediction.GetModelMetadata, request)[1] == "Missing ModelSpec"
    request.model_spec.name = "varied"
    assert "at least one metadata_field" in refused(varied.prediction.GetModelMetadata, request)[1]
    request.metadata_field.append("weights")
    assert "Metadata field weights is not supported" in refused(varied.prediction.GetModelMetadata, request)[1]
    request.metadata_field[:] = ["signature_def"]
    response = varied.prediction.GetModelMetadata(request)
    assert response.model_spec.version.value == 7
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert response.metadata["signature_def"].Unpack(signatures)
    assert signatures.signature_def["two"].inputs["b"].dtype == tf.int64.as_datatype_enum


def test_status(varied):
    request = get_model_status_pb2.GetModelStatusRequest()
    assert refused(varied.models.GetModelStatus, request)[1] == "Missing ModelSpec"
    request.model_spec.name = "other"
    assert refused(varied.models.GetModelStatus, request) == (
        grpc.StatusCode.NOT_FOUND, "Could not find any versions of model other")
    request.model_spec.name = "varied"
    [status] = varied.models.GetModelStatus(request).model_version_status
    assert (status.version, status.state, status.status.error_code) == (7, AVAILABLE, 0)


def reload_request(name="digits", **config):
    request = model_management_pb2.ReloadConfigRequest()
    request.config.model_config_list.config.add(name=name, **config)
    return request


def test_a_config_changes_policy_and_labels_of_the_model_alone(start, generators):
    server = start(generators, model_name="digits")
    reload, status = server.models.HandleReloadConfigRequest, get_model_status_pb2.GetModelStatusRequest()
    status.model_spec.name = "digits"
    both = {"specific": {"versions": [1, 2]}}
    code, message = refused(reload, reload_request(model_version_policy=both, version_labels={"next": 3}))
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert "label next to version 3 of model digits, which is not currently available" in message
    assert reload(reload_request(model_version_policy=both, version_labels={"old": 1})).status.error_code == 0
    versions = server.models.GetModelStatus(status).model_version_status
    assert [(version.version, version.state) for version in versions] == [(2, AVAILABLE), (1, AVAILABLE)]
    status.model_spec.version_label = "old"
    assert [version.version for version in server.models.GetModelStatus(status).model_version_status] == [1]
    for request in (reload_request("other"), reload_request(base_path="/elsewhere"),
                    model_management_pb2.ReloadConfigRequest()):
        assert refused(reload, request)[0] == grpc.StatusCode.INVALID_ARGUMENT
    for policy, kind in (("latest { num_versions: 2 }", ("newest", frozenset(), 2)),
                         ("all {}", ("all", frozenset(), 1)), ("", ("newest", frozenset(), 1))):
        found = settings_of(policy)
        assert (found.kind, found.numbers, found.count) == kind


def test_health(start, tmp_path):
    server = start(tmp_path, model_name="varied", poll_s=0.05)
    with grpc.insecure_channel(server.server.grpc_address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        check = health_pb2.HealthCheckRequest(service="tensorflow.serving.PredictionService")
        assert stub.Check(check).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watch = stub.Watch(check)
        assert next(watch).status == health_pb2.HealthCheckResponse.NOT_SERVING
        write(Varied(), tmp_path / "1")
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
        watch.cancel()
