"""Answers that REST and gRPC share, as TensorFlow Serving's messages."""

import grpc
from tensorflow_serving.apis import get_model_metadata_pb2, get_model_status_pb2

from wirgan_tf.serving.errors import ServingError, invalid
from wirgan_tf.serving.versions import Version


def model_status(versions: list[Version]) -> get_model_status_pb2.GetModelStatusResponse:
    """What `versions` are doing, with the error of those that cannot be served."""
    response = get_model_status_pb2.GetModelStatusResponse()
    for version in versions:
        status = response.model_version_status.add(version=version.number, state=version.state.value)
        if version.error is not None:
            status.status.error_code = version.error.code.value[0]
            status.status.error_message = version.error.message
        status.status.SetInParent()
    return response


def model_metadata(name: str, version: Version) -> get_model_metadata_pb2.GetModelMetadataResponse:
    """The signatures of a served version."""
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.model_spec.name = name
    response.model_spec.version.value = version.number
    signatures = get_model_metadata_pb2.SignatureDefMap()
    for key, definition in version.model.signature_defs.items():
        signatures.signature_def[key].CopyFrom(definition)
    response.metadata["signature_def"].Pack(signatures)
    return response


def no_such_method(version: Version, signature_name: str, method: str) -> ServingError:
    """Why a classify or regress request cannot be answered: as TensorFlow Serving says it of predict signatures."""
    if signature_name not in version.model.signature_defs:
        return invalid(f"No signature was found with the name: {signature_name}")
    expected = f"tensorflow/serving/{method}"
    found = version.model.signature_defs[signature_name].method_name
    kind = {"classify": "classification", "regress": "regression"}[method]
    if found != expected:
        return invalid(f"Expected {kind} signature method_name to be {expected}. Was: {found}")
    return ServingError(grpc.StatusCode.UNIMPLEMENTED, f"this server does not {method}; use predict")
