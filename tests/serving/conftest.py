"""Servers on free ports of this machine, over small models that are written once."""

import asyncio
import contextlib
import dataclasses
import gc
import pathlib
import shutil
import threading

import grpc
import pytest
import requests
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc

from tests.serving.small_models import SmallGenerator, Varied, write
from wirgan_tf.serving.server import Server
from wirgan_tf.serving.settings import Settings


@pytest.fixture(scope="session", autouse=True)
def _quick_collections():
    """As in a server of its own: what is imported is not looked through each time a model is unloaded."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def generators(tmp_path_factory):
    """Two versions, 1 of brightness 1 and 2 of brightness 0.5."""
    base = tmp_path_factory.mktemp("generators")
    write(SmallGenerator(1.0), base / "1")
    write(SmallGenerator(0.5), base / "2")
    return base


@pytest.fixture(scope="session")
def varied_base(tmp_path_factory):
    base = tmp_path_factory.mktemp("varied")
    write(Varied(), base / "7")
    return base


@pytest.fixture
def digits(generators, tmp_path):
    """The folder of a model with version 1 alone; versions may be added and taken."""
    shutil.copytree(generators / "1", tmp_path / "digits" / "1")
    return tmp_path / "digits"


@dataclasses.dataclass
class Running:
    """A server on an event loop in a thread of its own, with clients for it."""

    server: Server
    loop: asyncio.AbstractEventLoop
    prediction: prediction_service_pb2_grpc.PredictionServiceStub
    models: model_service_pb2_grpc.ModelServiceStub

    def url(self, path: str) -> str:
        return self.server.rest_address + path

    def post(self, path: str, document=None, **options) -> requests.Response:
        return requests.post(self.url(path), json=document, timeout=60, **options)

    def get(self, path: str) -> requests.Response:
        return requests.get(self.url(path), timeout=60)

    def do(self, coroutine):
        """The result of a coroutine on the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)


@contextlib.contextmanager
def running(base: pathlib.Path, **settings):
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = Server(Settings(base, rest_port=0, grpc_port=0, **settings))
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(60)
        with grpc.insecure_channel(server.grpc_address) as channel:
            yield Running(server, loop, prediction_service_pb2_grpc.PredictionServiceStub(channel),
                          model_service_pb2_grpc.ModelServiceStub(channel))
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)


@pytest.fixture(scope="module")
def varied(varied_base):
    with running(varied_base, model_name="varied") as server:
        yield server


@pytest.fixture
def start():
    """Starts servers that stop at the end of the test: start(base, **settings)."""
    with contextlib.ExitStack() as stack:
        yield lambda base, **settings: stack.enter_context(running(base, **settings))
