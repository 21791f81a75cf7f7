"""The gRPC services of TensorFlow Serving, over its official stubs."""

from collections.abc import Awaitable, Callable

import grpc
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_management_pb2,
    model_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from wirgan_tf.serving import messages
from wirgan_tf.serving.errors import ServingError, invalid
from wirgan_tf.serving.predictor import Predictor
from wirgan_tf.serving.settings import ALL, NEWEST, SPECIFIC, VersionPolicy
from wirgan_tf.serving.tensors import to_array, to_proto
from wirgan_tf.serving.versions import VersionManager


class PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Predict and GetModelMetadata; the methods for other kinds of signatures say that there are none.

    Args:
      versions: of the model.
      predictor: answers predict requests.
      most_bytes: of an array that a request stands for.
    """

    def __init__(self, versions: VersionManager, predictor: Predictor, most_bytes: int):
        self._versions = versions
        self._predictor = predictor
        self._most_bytes = most_bytes

    async def Predict(self, request, context):
        return await self._answered(request, context, "Predict", self._predict)

    async def Classify(self, request, context):
        return await self._answered(request, context, "Classify", self._no_such_method)

    async def Regress(self, request, context):
        return await self._answered(request, context, "Regress", self._no_such_method)

    async def MultiInference(self, request, context):
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "this server does not do MultiInference; use Predict")

    async def GetModelMetadata(self, request, context):
        return await _or_abort(context, self._metadata, request)

    async def _answered(self, request, context, api: str, work):
        async def limited():
            with self._predictor.counted(request.model_spec.name, api, "GRPC"):
                return await self._predictor.within_limits(lambda deadline: work(request, api, deadline),
                                                           context.time_remaining())

        return await _or_abort(context, limited)

    async def _predict(self, request: predict_pb2.PredictRequest, api: str, deadline: float):
        del api
        with self._versions.use(*_asked(request.model_spec)) as version:
            name = request.model_spec.signature_name or "serving_default"
            if name not in version.model.signatures:
                raise ServingError(grpc.StatusCode.FAILED_PRECONDITION, f'Serving signature key "{name}" not found.')
            inputs = {key: to_array(key, proto, self._most_bytes) for key, proto in request.inputs.items()}
            outputs = await self._predictor.predict(version, version.model.signatures[name], inputs,
                                                    list(request.output_filter), deadline)
        response = predict_pb2.PredictResponse(outputs={key: to_proto(array) for key, array in outputs.items()})
        response.model_spec.name = request.model_spec.name
        response.model_spec.signature_name = name
        response.model_spec.version.value = version.number
        return response

    async def _no_such_method(self, request, api: str, deadline: float):
        del deadline
        if not request.input.WhichOneof("kind"):
            raise invalid("Input is empty.")
        with self._versions.use(*_asked(request.model_spec)) as version:
            raise messages.no_such_method(version, request.model_spec.signature_name or "serving_default", api.lower())

    async def _metadata(self, request: get_model_metadata_pb2.GetModelMetadataRequest):
        if not request.HasField("model_spec"):
            raise invalid("Missing ModelSpec")
        if not request.metadata_field:
            raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
        for field in request.metadata_field:
            if field != "signature_def":
                raise invalid(f"Metadata field {field} is not supported")
        with self._versions.use(*_asked(request.model_spec)) as version:
            return messages.model_metadata(request.model_spec.name, version)


class ModelService(model_service_pb2_grpc.ModelServiceServicer):
    """Status of the model, and which of its versions are served under which labels."""

    def __init__(self, versions: VersionManager):
        self._versions = versions

    async def GetModelStatus(self, request, context):
        return await _or_abort(context, self._status, request)

    async def HandleReloadConfigRequest(self, request, context):
        return await _or_abort(context, self._reload, request)

    async def _status(self, request: get_model_status_pb2.GetModelStatusRequest):
        if not request.HasField("model_spec"):
            raise invalid("Missing ModelSpec")
        return messages.model_status(self._versions.statuses(*_asked(request.model_spec)))

    async def _reload(self, request: model_management_pb2.ReloadConfigRequest):
        """A config may change the policy and the labels of the one model; a client may not choose what code is run."""
        if request.config.WhichOneof("config") != "model_config_list":
            raise invalid("ServerModelConfig type not supported by HandleReloadConfigRequest. Only ModelConfigList is "
                          "currently supported")
        configs = request.config.model_config_list.config
        if [config.name for config in configs] != [self._versions.name]:
            raise invalid(f"expected a config of the model {self._versions.name!r} alone: this server serves no other")
        if configs[0].base_path not in ("", str(self._versions.base)):
            raise invalid(f"expected base_path {str(self._versions.base)!r}: it cannot be changed")
        await self._versions.configure(_policy(configs[0].model_version_policy), dict(configs[0].version_labels))
        response = model_management_pb2.ReloadConfigResponse()
        response.status.SetInParent()
        return response


def _asked(spec: model_pb2.ModelSpec) -> tuple[str, int | None, str | None]:
    """Name, version and label that a request asks for."""
    choice = spec.WhichOneof("version_choice")
    return (spec.name, spec.version.value if choice == "version" else None,
            spec.version_label if choice == "version_label" else None)


def _policy(policy) -> VersionPolicy:
    kind = policy.WhichOneof("policy_choice")
    if kind == "all":
        return VersionPolicy(ALL)
    if kind == "specific":
        if not policy.specific.versions:
            raise invalid("the version policy 'specific' names no version")
        return VersionPolicy(SPECIFIC, frozenset(policy.specific.versions))
    return VersionPolicy(NEWEST, count=max(1, policy.latest.num_versions))


async def _or_abort(context, work: Callable[..., Awaitable], *arguments):
    """What `work(*arguments)` returns; its `ServingError` becomes the call's status."""
    try:
        return await work(*arguments)
    except ServingError as error:
        failure = error
    return await context.abort(failure.code, failure.message)
