"""The server: both protocols on one event loop.

All state (versions, queues, limits, metrics) belongs to one asyncio event loop and needs no locks: aiohttp and gRPC
call their handlers on it. Only what takes long and releases Python's lock is done in threads: calling the model and
loading it. Requests are decoded, and answers encoded, on the loop; limits on a request's size keep that short.
"""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable

import grpc
from aiohttp import web
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc

from wirgan_tf.serving.grpc_services import ModelService, PredictionService
from wirgan_tf.serving.metrics import Metrics
from wirgan_tf.serving.predictor import Predictor
from wirgan_tf.serving.rest import RestApi
from wirgan_tf.serving.settings import Settings
from wirgan_tf.serving.versions import VersionManager

_LAST_BYTES_S = 1.0
_SERVICES = ("", "tensorflow.serving.PredictionService", "tensorflow.serving.ModelService")  # "" is the whole server


class Server:
    """Serves the versions of one model.

    Args:
      settings: all there is to choose.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.metrics = Metrics()
        self.versions = VersionManager(settings.name, settings.model_base, settings.policy, settings.labels)
        self._predictor = Predictor(settings, self.metrics)
        self._health = health.aio.HealthServicer()
        self._healthy: bool | None = None

    async def start(self) -> None:
        """Loads the model and listens, in this order.

        Raises: `OSError` for a port that is not available, `ValueError` for signatures that cannot be batched.
        """
        await self.versions.poll()
        if not self.versions.served():
            logging.warning("no version in %s can be served yet; waiting for one, a folder named by a number",
                            self.settings.model_base)
        self._check_batched_signatures()
        await self._start_grpc()
        try:
            await self._start_rest()
        except OSError:
            await self._grpc.stop(None)
            raise
        await self._report_health()
        self._following = asyncio.create_task(self._follow_versions())

    async def stop(self) -> None:
        """Stops accepting requests, answers those accepted, unloads the model."""
        self._following.cancel()
        await asyncio.wait([self._following])
        await self._health.enter_graceful_shutdown()
        stopping = asyncio.create_task(self._grpc.stop(self.settings.request_timeout_s))
        await self._rest.cleanup()
        await self._predictor.until_idle()
        await self._grpc.stop(_LAST_BYTES_S)  # what is still open only watches the server's health, maybe for ever
        await stopping
        await self.versions.close()
        self._predictor.close()

    def _check_batched_signatures(self) -> None:
        for version in self.versions.served():
            can = sorted(name for name, signature in version.model.signatures.items() if signature.joinable)
            unknown = sorted((self.settings.batched_signatures or set()) - set(can))
            if unknown:
                raise ValueError(f"batched_signatures={','.join(unknown)}: not in version {version.number}, or not "
                                 f"with any number of rows in all inputs and outputs; those that can be are: "
                                 f"{', '.join(can)}")

    async def _start_grpc(self) -> None:
        host, port = self.settings.host, self.settings.grpc_port
        self._grpc = grpc.aio.server(options=[
            ("grpc.max_receive_message_length", self.settings.max_request_bytes),
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),  # or two servers could share a port unnoticed
        ])
        prediction = PredictionService(self.versions, self._predictor, self.settings.max_request_bytes)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(prediction, self._grpc)
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(ModelService(self.versions), self._grpc)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._grpc)
        try:
            bound = self._grpc.add_insecure_port(_address(host, port))
        except RuntimeError as error:
            raise OSError(f"grpc_port={port}: cannot listen on {_address(host, port)}; the port may be in use (0 takes "
                          f"a free one), or host={host} be no address of this machine") from error
        await self._grpc.start()
        self.grpc_address = _address(host, bound)

    async def _start_rest(self) -> None:
        host, port = self.settings.host, self.settings.rest_port
        api = RestApi(self.settings, self.versions, self._predictor, self.metrics)
        self._rest = web.AppRunner(api.application, access_log=None, handler_cancellation=True,
                                   shutdown_timeout=self.settings.request_timeout_s)
        await self._rest.setup()
        try:
            await web.TCPSite(self._rest, host, port).start()
        except OSError as error:
            await self._rest.cleanup()
            raise OSError(f"rest_port={port}: cannot listen on {_address(host, port)}: {error.strerror}") from error
        self.rest_address = f"http://{_address(host, self._rest.addresses[0][1])}"

    async def _follow_versions(self) -> None:
        while True:
            await asyncio.sleep(self.settings.poll_s)
            try:
                await self.versions.poll()
            except Exception as error:  # serving goes on; a disk may be absent for a while
                logging.warning("could not look for versions in %s: %r", self.settings.model_base, error,
                                exc_info=not isinstance(error, OSError))
            await self._report_health()

    async def _report_health(self) -> None:
        if self._healthy == bool(self.versions.served()):
            return
        self._healthy = bool(self.versions.served())
        status = health_pb2.HealthCheckResponse.SERVING if self._healthy else health_pb2.HealthCheckResponse.NOT_SERVING
        for service in _SERVICES:
            await self._health.set(service, status)


def serve(settings: Settings, announce: Callable[[str], None] = print) -> None:
    """Serves until SIGTERM or SIGINT, then answers what has been accepted. A second signal ends it at once.

    Args:
      settings: all there is to choose.
      announce: gets one line with the addresses, once the server listens.

    Raises: `FileNotFoundError` when there is no folder of versions, `OSError` for a port that is not available.
    """
    if not settings.model_base.is_dir():
        raise FileNotFoundError(f"model_base={settings.model_base}: there is no such folder; expected the folder of "
                                "an exported model's versions")
    gc.collect()
    gc.freeze()  # nothing imported is ever garbage, and looking through it takes half a second of every request
    asyncio.run(_serve_until_asked_to_stop(settings, announce))


async def _serve_until_asked_to_stop(settings: Settings, announce: Callable[[str], None]) -> None:
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    signals = (signal.SIGTERM, signal.SIGINT)

    def ask() -> None:
        asked.set()
        for number in signals:
            loop.remove_signal_handler(number)  # the next one ends the process at once

    server = Server(settings)
    await server.start()
    for number in signals:
        loop.add_signal_handler(number, ask)
    announce(f"serving {settings.name} at REST {server.rest_address} gRPC {server.grpc_address}")
    await asked.wait()
    logging.info("stopping: answering what has been accepted")
    await server.stop()


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
