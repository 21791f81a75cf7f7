"""Pictures of a served wirgan_tf generator, over REST or gRPC. One file, to copy where it is needed.

    python wirgan_client.py sample 16 --seed=7 --output=samples.npz
    python wirgan_client.py sample 16 --truncation=0.8 --output=pictures/
    python wirgan_client.py refine 4 --output=canvases.npz
    python wirgan_client.py interpolate 3 8 5 3 --output=walk.gif

    from wirgan_client import Client, Rest
    images = Client(Rest("http://localhost:8501", "digits_gp_wirgan_t3")).sample([7, 8, 9], truncation=0.8)

An image is a function of its seed and of the truncation in (0, 1], which scales its noise: 1 is the noise of training,
towards 0 all images become one. Images are float32 in [-1, 1].

REST needs requests; gRPC (`--grpc=localhost:8500`) needs grpcio and tensorflow-serving-api; animated pictures need
pillow.
"""

import argparse
import base64
import itertools
import os
import pathlib
import sys

import numpy as np

ROWS = 64  # of a request: what the servers' batches hold


class ClientError(Exception):
    """What went wrong between here and the server, in one line."""


class Rest:
    """Calls a model over REST.

    Args:
      url: of the server, as in "http://localhost:8501".
      model: its name.
      version: of the model; None for the newest.
      timeout: of a request, in seconds.
    """

    def __init__(self, url: str, model: str, version: int | None = None, timeout: float = 60.0):
        self._url = f"{url.rstrip('/')}/v1/models/{model}" + (f"/versions/{version}" if version else "") + ":predict"
        self._timeout = timeout

    def predict(self, signature: str, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """The one output of `signature`. Raises `ClientError`."""
        import requests

        body = {"signature_name": signature, "inputs": {name: value.tolist() for name, value in inputs.items()}}
        try:
            response = requests.post(self._url, json=body, timeout=self._timeout)
            answer = response.json()
        except requests.JSONDecodeError as error:
            raise ClientError(f"{self._url} answered {response.status_code} and no JSON: no model server?") from error
        except requests.RequestException as error:
            raise ClientError(f"no answer from {self._url}: {error}") from error
        if "outputs" not in answer:
            raise ClientError(f"{self._url} answered {response.status_code}: {answer.get('error', answer)}")
        return from_json(answer["outputs"])


class Grpc:
    """Calls a model over gRPC.

    Args:
      address: of the server, as in "localhost:8500".
      model: its name.
      version: of the model; None for the newest.
      timeout: of a request, in seconds.
    """

    def __init__(self, address: str, model: str, version: int | None = None, timeout: float = 60.0):
        import grpc
        from tensorflow_serving.apis import prediction_service_pb2_grpc

        no_limit = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
        self._stub = prediction_service_pb2_grpc.PredictionServiceStub(grpc.insecure_channel(address, no_limit))
        self._address, self._model, self._version, self._timeout = address, model, version, timeout

    def predict(self, signature: str, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """The one output of `signature`. Raises `ClientError`."""
        import grpc
        import tensorflow as tf
        from tensorflow_serving.apis import predict_pb2

        request = predict_pb2.PredictRequest()
        request.model_spec.name, request.model_spec.signature_name = self._model, signature
        if self._version:
            request.model_spec.version.value = self._version
        for name, value in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
        try:
            (output,) = self._stub.Predict(request, self._timeout).outputs.values()
        except grpc.RpcError as error:
            raise ClientError(f"{self._address} answered {error.code().name}: {error.details()}") from error
        return tf.make_ndarray(output)


class Client:
    """What a generator draws, by seed.

    Args:
      server: a `Rest` or a `Grpc`.

    Raises, from every method: `ClientError` when the server cannot be reached or refuses.
    """

    def __init__(self, server: Rest | Grpc):
        self._server = server

    def sample(self, seeds, truncation: float = 1.0) -> np.ndarray:
        """Images float32 [N, H, W, C], one for each of N seeds."""
        return self._rows("sample_rows", seeds, truncation).astype(np.float32)

    def refine(self, seeds, truncation: float = 1.0) -> np.ndarray:
        """The images as they stand after each of T steps, float32 [N, T, H, W, C]."""
        return self._rows("refine_rows", seeds, truncation).astype(np.float32)

    def png(self, seeds, truncation: float = 1.0) -> list[bytes]:
        """The images as N PNG files."""
        return list(self._rows("png_rows", seeds, truncation))

    def refine_png(self, seeds, truncation: float = 1.0) -> list[list[bytes]]:
        """The canvases of `refine` as PNG files, N lists of T."""
        return [list(row) for row in self._rows("refine_png_rows", seeds, truncation)]

    def latents(self, seeds, truncation: float = 1.0) -> np.ndarray:
        """The noise z behind the images, float32 [N, T, latent]."""
        return self._rows("latents_rows", seeds, truncation).astype(np.float32)

    def draw(self, z: np.ndarray) -> np.ndarray:
        """The images float32 [N, H, W, C] of noise [N, T, latent]."""
        parts = [self._server.predict("serving_default", {"z": z[first:first + ROWS]})
                 for first in range(0, len(z), ROWS)]
        return np.concatenate(parts).astype(np.float32)

    def interpolate(self, seeds, steps: int, truncation: float = 1.0) -> np.ndarray:
        """Images on the way from each seed to the next, float32 [(len(seeds) - 1) * steps + 1, H, W, C]."""
        if len(seeds) < 2 or steps < 1:
            raise ClientError(f"a walk needs at least 2 seeds and 1 step, got {len(seeds)} and {steps}")
        z = self.latents(seeds, truncation)
        way = [slerp(start, end, step / steps) for start, end in itertools.pairwise(z) for step in range(steps)]
        return self.draw(np.stack([*way, z[-1]]))

    def _rows(self, signature: str, seeds, truncation: float) -> np.ndarray:
        seeds = np.atleast_1d(seeds)
        if seeds.ndim != 1 or not seeds.size or seeds.dtype.kind not in "iu":
            raise ClientError(f"seeds must be integers, one for each image, got {seeds!r}")
        if not 0.0 < truncation <= 1.0:  # refused here: a server that batches would refuse others' requests with it
            raise ClientError(f"truncation must be greater than 0 and at most 1, got {truncation}")
        parts = [seeds[first:first + ROWS].astype(np.int64) for first in range(0, len(seeds), ROWS)]
        return np.concatenate([
            self._server.predict(signature, {"seed": part, "truncation": np.full(len(part), truncation, np.float32)})
            for part in parts])


def slerp(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    """Noise on the great circle from `start` to `end`, both of one shape, all time steps taken as one vector.

    With angle w between them: (sin((1 - share) w) start + sin(share w) end) / sin w (Shoemake 1985). On a straight line
    the noise would be shorter halfway than any the generator has seen in training. Where the two point the same way, or
    opposite ways, there is no one circle, and the line is taken.
    """
    cosine = np.vdot(start, end) / (np.linalg.norm(start) * np.linalg.norm(end))
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    if np.sin(angle) < 1e-4:
        return ((1.0 - share) * start + share * end).astype(np.float32)
    return ((np.sin((1.0 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle)).astype(np.float32)


def from_json(outputs) -> np.ndarray:
    """An output of REST as an array: numbers as float32, files, which come as {"b64": text}, as bytes."""
    first = outputs
    while isinstance(first, list) and first:
        first = first[0]
    if isinstance(first, dict):
        return np.vectorize(lambda file: base64.b64decode(file["b64"]), otypes=[object])(np.array(outputs, object))
    return np.array(outputs, np.float32)


def to_pixels(images: np.ndarray) -> np.ndarray:
    """Images in [-1, 1] to uint8 0 .. 255, rounded to the nearest."""
    return np.clip(np.floor((images + 1.0) * 127.5 + 0.5), 0, 255).astype(np.uint8)


def write_animation(images: np.ndarray, path: pathlib.Path, milliseconds: int = 60, smallest_side: int = 128) -> None:
    """Images [N, H, W, 1 or 3] as an endless GIF or animated PNG, small ones enlarged by a whole factor."""
    from PIL import Image

    if images.ndim != 4:
        raise ClientError(f"only images can be animated, got arrays of shape {images.shape}")
    factor = -(-smallest_side // images.shape[1])
    pixels = to_pixels(images).repeat(factor, axis=1).repeat(factor, axis=2)
    first, *rest = [Image.fromarray(frame[..., 0] if frame.shape[-1] == 1 else frame) for frame in pixels]
    first.save(path, save_all=True, append_images=rest, duration=milliseconds, loop=0)


def write_samples(client: Client, seeds: np.ndarray, truncation: float, output: str) -> None:
    """Images to a .npz file (`images`, `seeds`), or to <seed>.png in a folder/."""
    if output.endswith(".npz"):
        np.savez_compressed(output, images=client.sample(seeds, truncation), seeds=seeds)
    else:
        _write_files({f"{seed}.png": file for seed, file in zip(seeds, client.png(seeds, truncation), strict=True)},
                     pathlib.Path(output))


def write_canvases(client: Client, seeds: np.ndarray, truncation: float, output: str) -> None:
    """Canvases to a .npz file (`canvases`, `seeds`), or to <seed>_<step>.png in a folder/."""
    if output.endswith(".npz"):
        np.savez_compressed(output, canvases=client.refine(seeds, truncation), seeds=seeds)
    else:
        rows = zip(seeds, client.refine_png(seeds, truncation), strict=True)
        _write_files({f"{seed}_{step}.png": file for seed, row in rows for step, file in enumerate(row, start=1)},
                     pathlib.Path(output))


def _write_files(files: dict[str, bytes], folder: pathlib.Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def parser() -> argparse.ArgumentParser:
    """The program's arguments."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--url", default="http://localhost:8501", help="of the server's REST port (%(default)s)")
    common.add_argument("--grpc", default="", metavar="HOST:PORT", help="use gRPC, at this address")
    common.add_argument("--model", default="digits_gp_wirgan_t3", help="name of the model (%(default)s)")
    common.add_argument("--version", type=int, help="of the model; the newest when left out")
    common.add_argument("--timeout", type=float, default=60.0, help="of a request, in seconds (%(default)s)")
    common.add_argument("--truncation", type=float, default=1.0, help="scale of the noise, in (0, 1] (%(default)s)")
    program = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = program.add_subparsers(dest="command", required=True)
    for name, about in (("sample", "images"), ("refine", "the images after each time step")):
        command = commands.add_parser(name, parents=[common], help=f"{about}, as arrays or PNG files")
        command.add_argument("count", type=int, help="how many, of the seeds SEED, SEED + 1, ...")
        command.add_argument("--seed", type=int, default=0, help="the first one (%(default)s)")
        command.add_argument("--output", required=True, help="a .npz file, or a folder/ of PNG files")
    command = commands.add_parser("interpolate", parents=[common], help="a walk between seeds, as an animated picture")
    command.add_argument("seeds", type=int, nargs="+", help="where it goes; name the first again to close the circle")
    command.add_argument("--steps", type=int, default=30, help="pictures from one seed to the next (%(default)s)")
    command.add_argument("--output", required=True, help="a .gif, .png or .apng file")
    return program


def main(arguments: list[str]) -> int:
    """Runs the program. Exit codes: 0; 1 a failure; 2 wrong arguments."""
    program = parser()
    asked = program.parse_args(arguments)
    endings = (".gif", ".png", ".apng") if asked.command == "interpolate" else (".npz", "/")
    if not asked.output.endswith(endings):
        program.error(f"--output={asked.output}: expected a name that ends in {' or '.join(endings)}")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before gRPC's messages bring in TensorFlow and its notes
    try:
        server = Grpc(asked.grpc, asked.model, asked.version, asked.timeout) if asked.grpc else Rest(
            asked.url, asked.model, asked.version, asked.timeout)
        client = Client(server)
        if asked.command == "interpolate":
            images = client.interpolate(asked.seeds, asked.steps, asked.truncation)
            write_animation(images, pathlib.Path(asked.output))
        else:
            write = write_samples if asked.command == "sample" else write_canvases
            write(client, np.arange(asked.count) + asked.seed, asked.truncation, asked.output)
    except (ClientError, ImportError, OSError, OverflowError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"written to {asked.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
