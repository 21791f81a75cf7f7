"""The REST API of TensorFlow Serving, and the page at /."""

import html
import importlib.resources
import re
import urllib.parse
from typing import NamedTuple

import grpc
from aiohttp import web
from google.protobuf import json_format
from tensorflow_serving.apis import get_model_metadata_pb2

from wirgan_tf.serving import messages, rest_json
from wirgan_tf.serving.errors import ServingError, invalid
from wirgan_tf.serving.metrics import Metrics
from wirgan_tf.serving.predictor import Predictor
from wirgan_tf.serving.settings import Settings
from wirgan_tf.serving.versions import VersionManager

_GALLERY = 24  # samples on the page
METRICS_PATH = "/monitoring/prometheus/metrics"

# TensorFlow Serving's paths (model_servers/http_rest_api_util.cc).
_MODEL = r"/v1/models(?:/(?P<name>[^/:]+))?(?:/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?"
_POST = re.compile(_MODEL + r":(?P<method>classify|regress|predict)", re.IGNORECASE | re.ASCII)
_GET = re.compile(_MODEL + r"(?P<metadata>/metadata)?", re.IGNORECASE | re.ASCII)


class Asked(NamedTuple):
    """What a path asks for."""

    name: str
    version: int | None
    label: str | None
    method: str

    @property
    def model(self) -> tuple[str, int | None, str | None]:
        return self.name, self.version, self.label


class RestApi:
    """The web application, to be run by aiohttp.

    Args:
      settings: name of the model, limit of bodies.
      versions: of the model.
      predictor: answers predict requests.
      metrics: what the metrics page shows.
    """

    def __init__(self, settings: Settings, versions: VersionManager, predictor: Predictor, metrics: Metrics):
        self._most_bytes = settings.max_request_bytes
        self._versions = versions
        self._predictor = predictor
        self._metrics = metrics
        self._name = settings.name
        self._samples_page = _page("page.html", settings)
        self._translations_page = _page("translate.html", settings)
        self.application = web.Application(client_max_size=settings.max_request_bytes, middlewares=[_errors_as_json])
        self.application.add_routes([
            web.get("/", self._show_page), web.get(METRICS_PATH, self._show_metrics),
            web.route("*", "/{path:.*}", self._models)])

    async def _show_page(self, request: web.Request) -> web.Response:
        del request
        # All that the page needs is in it; a browser may load nothing else for it.
        policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; " \
                 "connect-src 'self'"
        page = self._translations_page if self._translates() else self._samples_page
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})

    def _translates(self) -> bool:
        try:
            with self._versions.use(self._name) as version:
                return "translate_png_rows" in version.model.signatures
        except ServingError:  # there is no version yet, which either page says
            return False

    async def _show_metrics(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text=self._metrics.text(), content_type="text/plain")

    async def _models(self, request: web.Request) -> web.Response:
        path = request.raw_path.partition("?")[0]
        if not path.lower().startswith("/v1/"):
            raise ServingError(grpc.StatusCode.NOT_FOUND, f"there is nothing at {path}")
        asked = _asked(request.method, path)
        if asked.method == "status":
            body = self._status(asked)
        elif asked.method == "metadata":
            body = self._metadata(asked)
        else:
            with self._predictor.counted(asked.name, asked.method.capitalize(), "REST"):
                body = await self._predictor.within_limits(
                    lambda deadline: self._answer(asked, request, deadline), None)
        return web.Response(body=body, content_type="application/json")

    def _status(self, asked: Asked) -> bytes:
        return _json(messages.model_status(self._versions.statuses(*asked.model)))

    def _metadata(self, asked: Asked) -> bytes:
        with self._versions.use(*asked.model) as version:
            response = messages.model_metadata(asked.name, version)
        signatures = get_model_metadata_pb2.SignatureDefMap()
        response.metadata["signature_def"].Unpack(signatures)  # TensorFlow Serving shows it without its type's URL
        return b'{"model_spec": %s, "metadata": {"signature_def": %s}}' % (_json(response.model_spec),
                                                                            _json(signatures))

    async def _answer(self, asked: Asked, request: web.Request, deadline: float) -> bytes:
        document = rest_json.parse(await self._body(request))
        if asked.method != "predict":
            rest_json.check_examples(document)
        with self._versions.use(*asked.model) as version:
            name = document.get("signature_name") or "serving_default"
            if asked.method != "predict":
                raise messages.no_such_method(version, name, asked.method)
            if name not in version.model.signatures:
                raise invalid(f'Serving signature name: "{name}" not found in signature def')
            signature = version.model.signatures[name]
            inputs, rows = rest_json.inputs_of(document, signature)
            return rest_json.answer(await self._predictor.predict(version, signature, inputs, [], deadline), rows)


    async def _body(self, request: web.Request) -> bytes:
        try:
            return await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            raise ServingError(grpc.StatusCode.RESOURCE_EXHAUSTED, "a request's body may have at most "
                               f"{self._most_bytes} bytes", error.status) from error
        except ConnectionError as error:
            raise ServingError(grpc.StatusCode.CANCELLED, "the client has left") from error
        except web.RequestPayloadError as error:
            raise invalid(f"the request's body cannot be read: {error}") from error


def _page(file: str, settings: Settings) -> str:
    """The page in `file`, with all that it needs in it."""
    folder = importlib.resources.files("wirgan_tf.serving")
    page, style, common = (folder.joinpath(name).read_text(encoding="utf-8") for name in (file, "page.css", "page.js"))
    return page.replace("{{style}}", style).replace("{{common}}", common).replace(
        "{{model}}", html.escape(settings.name)).replace("{{rows}}", str(min(_GALLERY, settings.max_request_rows)))


def _asked(http_method: str, path: str) -> Asked:
    match = {"POST": _POST, "GET": _GET}.get(http_method, _POST).fullmatch(path)
    if match is None or http_method not in ("POST", "GET"):
        raise invalid(f"Malformed request: {http_method} {path}")
    parts = match.groupdict()
    if parts["name"] is None:
        raise invalid("Missing model name in request.")
    if parts["version"] is not None and int(parts["version"]) >= 2**63:
        raise invalid(f"Failed to convert version: {parts['version']} to numeric.")
    method = "metadata" if parts.get("metadata") else parts.get("method", "status").lower()
    label = parts["label"] and urllib.parse.unquote(parts["label"])
    return Asked(urllib.parse.unquote(parts["name"]), parts["version"] and int(parts["version"]), label, method)


@web.middleware
async def _errors_as_json(request: web.Request, handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        status, message = error.status, error.reason
    except ServingError as error:
        status, message = error.http_status, error.message
    return web.json_response({"error": message}, status=status)


def _json(message) -> bytes:
    return json_format.MessageToJson(message, always_print_fields_with_no_presence=True,
                                     preserving_proto_field_name=True).encode()
