"""Pictures from a served wirgan_tf generator, over REST or gRPC. One file, to copy where it is needed.

    python wirgan_client.py sample 16 --seed=7 --output=samples.npz
    python wirgan_client.py refine 4 --output=canvases.npz
    python wirgan_client.py interpolate 3 8 5 3 --output=walk.gif
    python wirgan_client.py sample 16 --condition label=cat,dog --condition attributes=Male,Smiling --output=pictures/
    python wirgan_client.py translate photo.jpg drawing.png --model=horse2zebra --output=translated/

    from wirgan_client import Client, Rest
    images = Client(Rest("http://localhost:8501", "digits_gp_wirgan_t3")).sample([7, 8, 9], truncation=0.8)

An image is a function of its seed and of the truncation in (0, 1], which scales its noise: 1 is the noise of training,
towards 0 all images become one. Images are float32 in [-1, 1]. A model may also have conditions, such as a label:
arrays by name, with a row for each image. They are the inputs of `sample_rows` besides seed and truncation. Classes may
be given by their names: `sample([7, 8], conditions={"label": ["cat", "dog"]})`; `names("label")` lists them.

REST needs requests, gRPC (`--grpc=localhost:8500`) grpcio and tensorflow-serving-api, animated pictures pillow.
"""

import argparse
import base64
import contextlib
import itertools
import os
import pathlib
import sys

import numpy as np

ROWS = 64  # in a request: what the servers' batches hold
TRANSLATE = "translate_png_rows"
NO_CONDITIONS = ("seed", "truncation", "source_bytes")


class ClientError(Exception):
    """What went wrong between here and the server, in one line."""


class Rest:
    """Calls a model over REST, by default its newest version; `url` as in "http://localhost:8501", `timeout` in s."""

    def __init__(self, url: str, model: str, version: int | None = None, timeout: float = 60.0):
        self._url = f"{url.rstrip('/')}/v1/models/{model}" + (f"/versions/{version}" if version else "")
        self._timeout = timeout

    def predict(self, signature: str, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """The one output of `signature`. Raises `ClientError`."""
        body = {"signature_name": signature, "inputs": {name: to_json(value) for name, value in inputs.items()}}
        return from_json(self._ask("POST", ":predict", json=body)["outputs"])

    def inputs(self, signature: str) -> dict[str, tuple[str, list[int]]]:
        """Type, as in "DT_INT64", and shape of a row of each input of `signature`. Raises `ClientError`."""
        signatures = self._ask("GET", "/metadata")["metadata"]["signature_def"]["signature_def"]
        return {name: (info["dtype"], [int(axis["size"]) for axis in info["tensor_shape"]["dim"][1:]])
                for name, info in signatures.get(signature, {}).get("inputs", {}).items()}

    def _ask(self, method: str, path: str, **options) -> dict:
        import requests

        try:
            response = requests.request(method, self._url + path, timeout=self._timeout, **options)
            answer = response.json()
        except requests.JSONDecodeError as error:
            raise ClientError(f"{self._url} answered {response.status_code} and no JSON: no model server?") from error
        except requests.RequestException as error:
            raise ClientError(f"no answer from {self._url}; is a server running there? ({error})") from error
        if not response.ok:
            raise ClientError(f"{self._url} answered {response.status_code}: {answer.get('error', answer)}")
        return answer


class Grpc:
    """Calls a model over gRPC, at an address as in "localhost:8500"; for the rest see `Rest`."""

    def __init__(self, address: str, model: str, version: int | None = None, timeout: float = 60.0):
        import grpc
        from tensorflow_serving.apis import prediction_service_pb2_grpc

        no_limit = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
        self._stub = prediction_service_pb2_grpc.PredictionServiceStub(grpc.insecure_channel(address, no_limit))
        self._address, self._model, self._version, self._timeout = address, model, version, timeout

    def predict(self, signature: str, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """As `Rest.predict`."""
        import tensorflow as tf
        from tensorflow_serving.apis import predict_pb2

        request = predict_pb2.PredictRequest()
        request.model_spec.signature_name = signature
        for name, value in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
        (output,) = self._ask(self._stub.Predict, request).outputs.values()
        return tf.make_ndarray(output)

    def inputs(self, signature: str) -> dict[str, tuple[str, list[int]]]:
        """As `Rest.inputs`."""
        from tensorflow.core.framework import types_pb2
        from tensorflow_serving.apis import get_model_metadata_pb2

        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        signatures = get_model_metadata_pb2.SignatureDefMap()
        self._ask(self._stub.GetModelMetadata, request).metadata["signature_def"].Unpack(signatures)
        return {name: (types_pb2.DataType.Name(info.dtype), [axis.size for axis in info.tensor_shape.dim[1:]])
                for name, info in signatures.signature_def[signature].inputs.items()}

    def _ask(self, method, request):
        import grpc

        request.model_spec.name = self._model
        if self._version:
            request.model_spec.version.value = self._version
        try:
            return method(request, self._timeout)
        except grpc.RpcError as error:
            raise ClientError(f"{self._address} answered {error.code().name}: {error.details()}") from error


class Client:
    """What the model of `server`, a `Rest` or a `Grpc`, draws by seed, and by conditions [N, ...] if it has some.

    Raises, from every method: `ClientError` when the server cannot be reached or refuses.
    """

    def __init__(self, server: Rest | Grpc):
        self._server = server
        self._names: dict[str, list[str]] = {}

    def sample(self, seeds, truncation: float = 1.0, conditions: dict | None = None) -> np.ndarray:
        """Images float32 [N, H, W, C], one for each of N seeds."""
        return self._rows("sample_rows", seeds, truncation, conditions).astype(np.float32)

    def refine(self, seeds, truncation: float = 1.0, conditions: dict | None = None) -> np.ndarray:
        """The images as they stand after each of T steps, float32 [N, T, H, W, C]."""
        return self._rows("refine_rows", seeds, truncation, conditions).astype(np.float32)

    def png(self, seeds, truncation: float = 1.0, conditions: dict | None = None) -> list[bytes]:
        """The images as N PNG files."""
        return list(self._rows("png_rows", seeds, truncation, conditions))

    def refine_png(self, seeds, truncation: float = 1.0, conditions: dict | None = None) -> list[list[bytes]]:
        """The canvases of `refine` as PNG files, N lists of T."""
        return [list(row) for row in self._rows("refine_png_rows", seeds, truncation, conditions)]

    def latents(self, seeds, truncation: float = 1.0) -> np.ndarray:
        """The noise z behind the images, float32 [N, T, latent]."""
        return self._rows("latents_rows", seeds, truncation).astype(np.float32)

    def names(self, condition: str) -> list[str]:
        """The names of a label's classes or of attributes, in their order; empty when the model lists none."""
        if condition not in self._names:
            there = self._server.inputs(f"{condition}_names_rows")
            found = self._server.predict(f"{condition}_names_rows", {"seed": np.zeros(1, np.int64)})[0] if there else []
            self._names[condition] = [name.decode() if isinstance(name, bytes) else str(name) for name in found]
        return self._names[condition]

    def translate(self, files: list[bytes], conditions: dict | None = None, back: bool = False) -> list[bytes]:
        """The translations, PNG files, of PNG or JPEG files, by a model that translates images.

        Each has the size of its picture. `conditions` are attributes, float [N, A]; with `back` a model of two
        directions translates from b to a.
        """
        signature = "translate_back_png_rows" if back else TRANSLATE
        typed = self._typed(conditions, len(files), TRANSLATE)
        translations = []
        for place, file in enumerate(files):  # one by one: several large ones may be too much for a request
            inputs = {name: rows[place:place + 1] for name, rows in typed.items()}
            inputs["source_bytes"] = np.array([file], object)
            translations.append(self._server.predict(signature, inputs)[0])
        return translations

    def asked(self, texts: list[str], count: int, signature: str = "sample_rows") -> dict[str, np.ndarray]:
        """Conditions for `count` images in words: "label=3", "label=cat,dog", which the images take in turns, or
        "label=each"; "attributes=Male,Smiling", which are 1 and all others 0, "attributes=none", or "attributes=1,0".
        """
        expected, rows = self._server.inputs(signature) if texts else {}, {}
        for name, _, text in (one.partition("=") for one in texts):
            if name not in expected or name in NO_CONDITIONS:
                conditions = [one for one in sorted(expected) if one not in NO_CONDITIONS]
                raise ClientError(f"--condition={name}={text}: the model has no condition {name}; it has "
                                  f"{', '.join(conditions) or 'none'}")
            shape, names = expected[name][1], self.names(name)
            turns = [self._vector(name, text, names, shape)] if shape else self._classes(name, text, names)
            rows[name] = np.array([turns[image % len(turns)] for image in range(count)])
        return rows

    @staticmethod
    def _classes(name: str, text: str, names: list[str]) -> list[int]:
        if text == "each" and names and text not in names:
            return list(range(len(names)))
        words = [text] if text in names else [word.strip() for word in text.split(",")]
        return [_class_number(word, name, names) for word in words]

    @staticmethod
    def _vector(name: str, text: str, names: list[str], shape: list[int]) -> np.ndarray:
        words = [text] if text in names else [word.strip() for word in text.split(",")]
        if text == "none" and names and text not in names:
            return np.zeros(shape)
        if names and all(word in names for word in words):
            return np.isin(names, words).astype(float)
        try:
            return np.reshape([float(word) for word in words], shape)
        except ValueError as error:
            choices = f"names among {', '.join(names)}, none, or " if names else ""
            raise ClientError(f"{name}={text}: expected {choices}{np.prod(shape)} numbers") from error

    def draw(self, z: np.ndarray, conditions: dict | None = None) -> np.ndarray:
        """The images float32 [N, H, W, C] of noise [N, T, latent]."""
        return self._in_parts("serving_default", {"z": z, **self._typed(conditions, len(z))}).astype(np.float32)

    def interpolate(self, seeds, steps: int, truncation: float = 1.0, conditions: dict | None = None) -> np.ndarray:
        """Images on the way from each seed to the next, float32 [(len(seeds) - 1) * steps + 1, H, W, C]."""
        if len(seeds) < 2 or steps < 1:
            raise ClientError(f"a walk needs at least 2 seeds and 1 step, got {len(seeds)} and {steps}")
        inputs = self._server.inputs("serving_default")
        conditions_there = self._server.inputs("sample_rows")
        if noise := [name for name in inputs if name not in conditions_there and name != "z"]:
            raise ClientError(f"a walk goes through the noise z alone, and this model also has {', '.join(noise)}")
        z = self.latents(seeds, truncation)
        way = [slerp(start, end, step / steps) for start, end in itertools.pairwise(z) for step in range(steps)]
        return self.draw(np.stack([*way, z[-1]]), conditions)

    def _rows(self, signature: str, seeds, truncation: float, conditions: dict | None = None) -> np.ndarray:
        seeds = np.atleast_1d(seeds)
        if seeds.ndim != 1 or not seeds.size or seeds.dtype.kind not in "iu":
            raise ClientError(f"seeds must be integers, one or more, one for each image, got {seeds.tolist()}")
        if not 0.0 < truncation <= 1.0:  # refused here: a server that batches would refuse others' requests with it
            raise ClientError(f"truncation must be greater than 0 and at most 1, got {truncation}")
        inputs = {"seed": seeds.astype(np.int64), "truncation": np.full(len(seeds), truncation, np.float32)}
        return self._in_parts(signature, inputs | self._typed(conditions, len(seeds)))

    def _in_parts(self, signature: str, inputs: dict[str, np.ndarray]) -> np.ndarray:
        parts = [slice(first, first + ROWS) for first in range(0, len(next(iter(inputs.values()))), ROWS)]
        return np.concatenate([self._server.predict(signature, {name: rows[part] for name, rows in inputs.items()})
                               for part in parts])

    def _typed(self, conditions: dict | None, count: int, signature: str = "sample_rows") -> dict[str, np.ndarray]:
        """`conditions` in the types of the model."""
        expected, typed = self._server.inputs(signature) if conditions else {}, {}
        for name, rows in (conditions or {}).items():
            if name not in expected:
                raise ClientError(f"the model has no input {name}; it has {', '.join(expected)}")
            (kind, shape), array = expected[name], np.asarray(rows)
            if array.dtype.kind == "U" and "INT" in kind:
                array = np.array([_class_number(word, name, self.names(name)) for word in array.ravel()],
                                 np.int64).reshape(array.shape)
            if array.shape != (count, *shape) or array.dtype.kind not in ("iu" if "INT" in kind else "iuf"):
                raise ClientError(f"{name} has shape {list(array.shape)} of {array.dtype}; expected "
                                  f"{[count, *shape]} of {kind}")
            typed[name] = array.astype(np.int64 if "INT" in kind else np.float32)
        return typed


def _class_number(word: str, condition: str, names: list[str]) -> int:
    if word in names:
        return names.index(word)
    if word.isdecimal() and (not names or int(word) < len(names)):
        return int(word)
    shown = ", ".join(names[:20]) + ("" if len(names) <= 20 else f", ... ({len(names)} in all)")
    raise ClientError(f"{condition}={word}: " + (f"the choices are {shown}" if names else "expected a number"))


def slerp(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    """Noise on the great circle from `start` to `end`, both of one shape, all time steps taken as one vector.

    With angle w between them: (sin((1 - share) w) start + sin(share w) end) / sin w (Shoemake 1985). On a straight line
    the noise would be shorter halfway than any seen in training. Where both point the same or opposite ways, so that
    the circle is not unique, the line is taken.
    """
    cosine = np.vdot(start, end) / (np.linalg.norm(start) * np.linalg.norm(end))
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    if np.sin(angle) < 1e-4:
        return ((1.0 - share) * start + share * end).astype(np.float32)
    return ((np.sin((1.0 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle)).astype(np.float32)


def to_json(array: np.ndarray) -> list:
    """An input of REST as lists: files as {"b64": text}."""
    if array.dtype == object:
        return [{"b64": base64.b64encode(file).decode()} for file in array]
    return array.tolist()


def from_json(outputs) -> np.ndarray:
    """An output of REST as an array: numbers as float32, text, and files, which come as {"b64": text}, as bytes."""
    first = outputs
    while isinstance(first, list) and first:
        first = first[0]
    if isinstance(first, dict):
        return np.vectorize(lambda file: base64.b64decode(file["b64"]), otypes=[object])(np.array(outputs, object))
    return np.array(outputs, None if isinstance(first, str) else np.float32)


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


def write(client: Client, kind: str, seeds: np.ndarray, truncation: float, conditions: dict, output: str) -> None:
    """`kind` "images" or "canvases", with `seeds` and conditions to a .npz file, or as <seed>.png or <seed>_<step>.png
    to a folder/.
    """
    draw, draw_png = {"images": (client.sample, client.png), "canvases": (client.refine, client.refine_png)}[kind]
    if output.endswith(".npz"):
        np.savez_compressed(output, **{kind: draw(seeds, truncation, conditions)}, seeds=seeds, **conditions)
        return
    folder = pathlib.Path(output)
    folder.mkdir(exist_ok=True)
    for seed, files in zip(seeds, draw_png(seeds, truncation, conditions), strict=True):
        for step, file in [("", files)] if kind == "images" else [(f"_{t}", one) for t, one in enumerate(files, 1)]:
            (folder / f"{seed}{step}.png").write_bytes(file)


def write_translations(client: Client, paths: list[str], texts: list[str], back: bool, output: str) -> None:
    """The translations of the pictures at `paths`, as PNG files of the same names in the folder `output`."""
    folder = pathlib.Path(output)
    names = [f"{pathlib.Path(path).stem}.png" for path in paths]
    if len(set(names)) < len(names):
        raise ClientError("two of the pictures have one name; translate them to different folders")
    for path, name in zip(paths, names, strict=True):
        if (folder / name).resolve() == pathlib.Path(path).resolve():
            raise ClientError(f"--output={output}: the translation would replace {path}; choose another folder")
    conditions = client.asked(texts, len(paths), TRANSLATE)
    folder.mkdir(exist_ok=True)
    for place, (path, name) in enumerate(zip(paths, names, strict=True)):
        rows = {condition: values[place:place + 1] for condition, values in conditions.items()}
        (folder / name).write_bytes(client.translate([pathlib.Path(path).read_bytes()], rows, back)[0])


@contextlib.contextmanager
def quiet():
    """Holds back what the block writes to standard error, C++ code included."""
    sys.stderr.flush()
    shown = os.dup(2)
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(shown, 2)
        os.close(shown)


def parser() -> argparse.ArgumentParser:
    """The program's arguments."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--url", default="http://localhost:8501", help="of the server's REST port (%(default)s)")
    common.add_argument("--grpc", default="", metavar="HOST:PORT", help="use gRPC, at this address")
    common.add_argument("--model", default="digits_gp_wirgan_t3", help="name of the model (%(default)s)")
    common.add_argument("--version", type=int, help="of the model; the newest when left out")
    common.add_argument("--timeout", type=float, default=60.0, help="of a request, in seconds (%(default)s)")
    common.add_argument("--condition", action="append", default=[], metavar="NAME=VALUE",
                        help="what pictures are asked to be, by name or number, as in label=3, label=cat,dog (in "
                        "turns), label=each, attributes=Male,Smiling or attributes=1,0; may be repeated")
    drawing = argparse.ArgumentParser(add_help=False)
    drawing.add_argument("--truncation", type=float, default=1.0, help="scale of the noise, in (0, 1] (%(default)s)")
    program = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = program.add_subparsers(dest="command", required=True)
    for name, about in (("sample", "images"), ("refine", "the images after each time step")):
        command = commands.add_parser(name, parents=[common, drawing], help=f"{about}, as arrays or PNG files")
        command.add_argument("count", type=int, help="how many, of the seeds SEED, SEED + 1, ...")
        command.add_argument("--seed", type=int, default=0, help="the first one (%(default)s)")
        command.add_argument("--output", required=True, help="a .npz file, or a folder/ of PNG files")
    command = commands.add_parser("interpolate", parents=[common, drawing],
                                  help="a walk between seeds, as an animated picture")
    command.add_argument("seeds", type=int, nargs="+", help="where it goes; name the first again to close the circle")
    command.add_argument("--steps", type=int, default=30, help="pictures from one seed to the next (%(default)s)")
    command.add_argument("--output", required=True, help="a .gif, .png or .apng file")
    command = commands.add_parser("translate", parents=[common], help="translations of pictures, as PNG files")
    command.add_argument("pictures", nargs="+", help="PNG or JPEG files")
    command.add_argument("--back", action="store_true", help="from b to a, by a model that translates both ways")
    command.add_argument("--output", required=True, help="a folder/")
    return program


def main(arguments: list[str]) -> int:
    """Runs the program. Exit codes: 0; 1 a failure; 2 wrong arguments."""
    program = parser()
    asked = program.parse_args(arguments)
    endings = {"interpolate": (".gif", ".png", ".apng"), "translate": ("/",)}.get(asked.command, (".npz", "/"))
    if not asked.output.endswith(endings):
        program.error(f"--output={asked.output}: expected a name that ends in {' or '.join(endings)}")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before gRPC's messages bring in TensorFlow and its notes
    try:
        if asked.grpc:
            with quiet():  # TensorFlow writes some lines on processors before it reads its log level
                import tensorflow  # noqa: F401
                from tensorflow_serving.apis import predict_pb2  # noqa: F401
        server = Grpc if asked.grpc else Rest
        client = Client(server(asked.grpc or asked.url, asked.model, asked.version, asked.timeout))
        if asked.command == "interpolate":
            count = (len(asked.seeds) - 1) * asked.steps + 1
            conditions = client.asked(asked.condition, count)
            if any((rows != rows[0]).any() for rows in conditions.values()):
                raise ClientError("the pictures of a walk are all asked for the same; name one class")
            images = client.interpolate(asked.seeds, asked.steps, asked.truncation, conditions)
            write_animation(images, pathlib.Path(asked.output))
        elif asked.command == "translate":
            write_translations(client, asked.pictures, asked.condition, asked.back, asked.output)
        else:
            write(client, "images" if asked.command == "sample" else "canvases", np.arange(asked.count) + asked.seed,
                  asked.truncation, client.asked(asked.condition, asked.count), asked.output)
    except (ClientError, ImportError, OSError, OverflowError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"written to {asked.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
